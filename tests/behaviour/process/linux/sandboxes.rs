//! Sandboxes: whoever may not ask the kernel is told what can be known otherwise, or that it cannot be known.

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use port_runtime::{ErrorKind, ServerProcess};
use test_support::PLENTY;
use test_support::seccomp::{forbid_family, refuse_call, refuse_family};

use crate::support::{Odd, assert_says_hello, reserve};

const SHORT: Duration = Duration::from_millis(100);

/// On a thread of its own, since a filter lasts as long as the thread.
#[track_caller]
fn inside(filter: impl FnOnce() + Send + 'static, test: fn()) {
    let inside = thread::spawn(move || {
        filter();
        test();
    });
    inside.join().unwrap();
}

fn refuse_pidfds() {
    refuse_call(libc::SYS_pidfd_open, libc::ENOSYS);
}

fn refuse_limits() {
    refuse_call(libc::SYS_prlimit64, libc::EPERM);
}

fn comes_up_and_goes() {
    for steps in ["listen={} serve", "child setsid listen={} serve", "sleep=20 exec listen={} serve"] {
        let (port, odd) = (reserve(), Odd::new());
        for _ in 0..2 {
            let server = port.start(&mut odd.command(&port, steps), PLENTY).unwrap();
            assert_says_hello(server.addr());
            assert_eq!(server.addrs(), [port.addr()]);
            server.wait_until(PLENTY, |_| true).unwrap();
            drop(server);
            odd.assert_gone();
        }
    }
    let (port, odd) = (reserve(), Odd::new());
    let mut server = port.start(&mut odd.command(&port, "listen={} serve"), PLENTY).unwrap();
    assert_eq!(server.stop().unwrap().to_string(), "signal: 15 (SIGTERM)");
    let mut server = port.start(&mut odd.command(&port, "stubborn listen={} serve"), PLENTY).unwrap().grace(SHORT);
    assert_eq!(server.stop().unwrap().to_string(), "signal: 9 (SIGKILL)");
}

fn is_dead() {
    let (port, odd) = (reserve(), Odd::new());
    let error = port.start(&mut odd.command(&port, "sleep=50 exit=3"), 10 * PLENTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    let error = port.start(&mut odd.command(&port, "child sleep=60000"), SHORT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    odd.assert_gone();
    let listener = TcpListener::bind(port.addr()).unwrap();
    let error = port.start(&mut odd.command(&port, "listen={} serve"), PLENTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PortInUse);
    assert_eq!(odd.processes(), [0; 0]);
    drop(listener);
}

#[test]
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
fn without_a_table_of_sockets() {
    for filter in [forbid_family, refuse_family] {
        inside(move || filter(libc::AF_NETLINK), comes_up_and_goes);
        inside(move || filter(libc::AF_NETLINK), is_dead);
    }
}

#[test]
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
fn without_descriptors_of_processes() {
    inside(refuse_pidfds, comes_up_and_goes);
    inside(refuse_pidfds, is_dead);
}

#[test]
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
fn without_any_of_these() {
    fn filter() {
        forbid_family(libc::AF_NETLINK);
        refuse_pidfds();
        refuse_limits();
    }
    inside(filter, comes_up_and_goes);
    inside(filter, is_dead);
}

#[test]
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
fn a_program_whose_first_thread_has_ended_is_waited_for_without_a_descriptor() {
    inside(refuse_pidfds, || {
        let (port, odd) = (reserve(), Odd::new());
        let mut command = odd.command(&port, "child listen={} serve-aside leave");
        let server = port.start(&mut command, PLENTY).unwrap();
        assert_says_hello(server.addr());
        drop(server);
        assert!(std::net::TcpStream::connect(port.addr()).is_err(), "it is gone");
    });
}

#[test]
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
fn where_a_program_listens_cannot_be_seen() {
    inside(
        || forbid_family(libc::AF_NETLINK),
        || {
            let odd = Odd::new();
            let error = ServerProcess::start(&mut odd.steps("listen=127.0.0.1:0 serve"), PLENTY).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::System);
            let message = error.to_string();
            assert!(
                message.starts_with("cannot see where `") && message.contains("Operation not permitted"),
                "{message}"
            );
            odd.assert_gone();
        },
    );
}

/// Called without `/proc`, too: then the child is asked by its number.
pub(super) fn is_asked_by_its_number() {
    inside(refuse_pidfds, || {
        let port = reserve();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_odd_server"));
        command.args([&format!("listen={}", port.addr()), "serve"]);
        let mut server = port.start(&mut command, PLENTY).unwrap();
        assert_says_hello(server.addr());
        assert_eq!(server.stop().unwrap().to_string(), "signal: 15 (SIGTERM)");
    });
}
