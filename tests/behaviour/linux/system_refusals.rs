//! What the system hardly ever refuses, with faults that strace or a filter of system calls injects.

use std::net::{TcpListener, UdpSocket};
use std::process::{self, Command};
use std::time::Duration;
use std::{env, io, thread};

use port_runtime::{Error, ErrorKind, FromFreePort, PassListeners, PortRequest, ReservedPort};
use test_support::seccomp::forbid_family;

use crate::linux::holds_and_time_wait::leave_in_time_wait;
use crate::support::child::open_descriptors;
use crate::support::trace::{Traced, watch};
use crate::support::{Block, Child, without_holders};

/// Fails, without a descriptor being lost.
fn failure<T: FromFreePort>(request: &PortRequest) -> Error {
    let before = open_descriptors();
    let error = watch(|| request.bind::<T>()).err().expect("strace lets it fail");
    assert_eq!(open_descriptors(), before, "{error}");
    error
}

fn assert_says(error: &Error, kind: ErrorKind, message: &str) {
    assert_eq!((error.kind(), without_holders(error).as_str()), (kind, message));
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_descriptor_in_the_whole_system() {
    Traced::injecting("socket:error=ENFILE").run(|| {
        assert_says(
            &failure::<TcpListener>(&PortRequest::new()),
            ErrorKind::TooManyOpenFiles,
            "cannot bind 127.0.0.1: Too many open files in system (os error 23); close some, or raise the limit \
             (`ulimit -n`)",
        );
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_memory_for_the_backlog() {
    Traced::injecting("listen:error=ENOBUFS:when=2+").run(|| {
        let block = Block::new();
        leave_in_time_wait(block.listener(1));
        let message = "cannot bind 127.0.0.1: No buffer space available (os error 105); the system refuses it";
        assert_says(&failure::<TcpListener>(&PortRequest::new()), ErrorKind::System, message);
        assert_says(&failure::<TcpListener>(&PortRequest::new().range(8000..9000)), ErrorKind::System, message);
        assert_says(&failure::<(UdpSocket, TcpListener)>(&PortRequest::new()), ErrorKind::System, message);
        // The only number of the range is had at the second look.
        let only = PortRequest::new().range(block.port(1)..=block.port(1));
        assert_says(&failure::<TcpListener>(&only), ErrorKind::System, message);
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_option() {
    Traced::injecting("setsockopt:error=ENOMEM").run(|| {
        let error = failure::<TcpListener>(&PortRequest::new());
        assert_says(
            &error,
            ErrorKind::System,
            "cannot bind 127.0.0.1: Cannot allocate memory (os error 12); the system refuses it",
        );
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::OutOfMemory);
        let error = failure::<UdpSocket>(&PortRequest::new().timeout(Duration::from_secs(1)));
        assert_says(&error, ErrorKind::System, "cannot set up the socket: Cannot allocate memory (os error 12)");
    });
}

/// The system's last word is then about another port than the kind of the error is.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_permission_for_ports_behind_one_in_use() {
    let mut block = None;
    let child = Child::new().given(|it| {
        let block = block.insert(Block::for_processes());
        it.variable("FIRST", block.port(1).to_string());
    });
    // The first bind is that of the listener which is in the way.
    Traced::injecting_into(child, "bind:error=EPERM:when=3+").run(|| {
        let first: u16 = env::var("FIRST").unwrap().parse().unwrap();
        let _busy = TcpListener::bind(("127.0.0.1", first)).unwrap();
        let last = first + 2;
        let error = failure::<TcpListener>(&PortRequest::new().range(first..=last));
        let message = format!("no free port on 127.0.0.1 in {first}..={last}: 1 in use, 2 not permitted");
        assert_says(&error, ErrorKind::NoFreePort, &message);
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::AddrInUse);
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_permission_for_any_number() {
    Traced::injecting("bind:error=EACCES").run(|| {
        let message = "no free port on 127.0.0.1: the process may not bind any: Permission denied (os error 13)";
        assert_says(&failure::<TcpListener>(&PortRequest::new()), ErrorKind::PermissionDenied, message);
        assert_says(&failure::<(TcpListener, UdpSocket)>(&PortRequest::new()), ErrorKind::PermissionDenied, message);
    });
}

/// As where a program may not have a TCP port: each number is refused to the second member, and kept from being chosen again.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_permission_for_one_of_two() {
    Traced::injecting("bind:error=EACCES:when=2+3").run(|| {
        let message = "no free port on 127.0.0.1: 100 that the system chose were not permitted for one of the sockets \
                       that share the port: Permission denied (os error 13)";
        assert_says(&failure::<(UdpSocket, TcpListener)>(&PortRequest::new()), ErrorKind::PermissionDenied, message);
    });
}

/// The user has changed since the number was reserved.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_permission_to_listen_under_a_hold() {
    Traced::injecting("bind:error=EACCES:when=3").run(|| {
        let reserved: ReservedPort = PortRequest::new().bind().unwrap();
        let error = watch(|| reserved.listen()).unwrap_err();
        let message = format!("cannot listen on {}: Permission denied (os error 13)", reserved.addr());
        assert_says(&error, ErrorKind::PermissionDenied, &message);
    });
}

#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn no_permission_by_a_filter_of_system_calls() {
    Child::new().run(|| {
        let before = open_descriptors();
        let filtered = thread::spawn(|| {
            forbid_family(libc::AF_INET);
            let request = PortRequest::new();
            let message =
                "cannot bind 127.0.0.1: Operation not permitted (os error 1); the process may not open sockets";
            assert_says(&request.bind::<TcpListener>().unwrap_err(), ErrorKind::PermissionDenied, message);
            assert_says(&request.bind::<UdpSocket>().unwrap_err(), ErrorKind::PermissionDenied, message);
            assert_says(&request.bind::<(UdpSocket, TcpListener)>().unwrap_err(), ErrorKind::PermissionDenied, message);
            let ranged = request.clone().prefer(8080).range(8000..9000);
            assert_says(&ranged.bind::<[TcpListener; 2]>().unwrap_err(), ErrorKind::PermissionDenied, message);
            assert_eq!(request.bind::<ReservedPort>().unwrap_err().kind(), ErrorKind::PermissionDenied);
        });
        filtered.join().unwrap();
        assert_eq!(open_descriptors(), before);
        // The filter went with its thread.
        PortRequest::new().bind::<[(TcpListener, UdpSocket); 2]>().unwrap();
        drop(PortRequest::new().bind::<ReservedPort>().unwrap());
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_permission_for_any_socket() {
    let calls = Traced::injecting("socket:error=EACCES").run(|| {
        let error = failure::<TcpListener>(&PortRequest::new().range(8000..9000));
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        assert!(error.to_string().contains("Permission denied (os error 13)"), "{error}");
    });
    let Some(calls) = calls else { return };
    assert_eq!(calls.len(), 1, "no number would mend it, so the others are not tried");
}

/// Starts a program with a socket, under faults of its descriptors between fork and exec.
fn start_a_program() -> io::Result<process::Child> {
    let listener: TcpListener = PortRequest::new().bind().unwrap();
    watch(|| PassListeners::new().with("http", listener).spawn(&mut Command::new("true")))
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_place_for_a_passed_socket() {
    Traced::injecting("?dup2,dup3:error=EBUSY").run(|| {
        let before = open_descriptors();
        let error = start_a_program().expect_err("strace lets it fail");
        assert_eq!(error.raw_os_error(), Some(libc::EBUSY));
        assert_eq!(open_descriptors(), before);
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn a_place_at_the_second_try() {
    Traced::injecting("?dup2,dup3:error=EINTR:when=1").run(|| {
        assert!(start_a_program().unwrap().wait().unwrap().success());
    });
}
