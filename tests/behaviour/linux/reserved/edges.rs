//! Where a reservation is checked, and what it remembers of that.

use std::net::{TcpListener, TcpStream};
use std::{env, io, thread};

use port_runtime::{DualStack, ErrorKind, PortRequest, ReservedPort};
use test_support::seccomp::forbid_family;

use crate::support::namespace::{loopback_up, remove_ipv4_loopback};
use crate::support::trace::{Traced, watch};
use crate::support::{Block, Child};

/// Moves this thread, and no other, into a network namespace of its own.
#[expect(unsafe_code, reason = "there is no other way to call unshare(2)")]
fn leave_the_namespace() -> bool {
    // SAFETY: always sound; it changes where this thread opens its sockets.
    unsafe { libc::unshare(libc::CLONE_NEWNET) == 0 }
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn another_namespace_is_looked_at_anew() {
    Child::in_namespace().run(|| {
        let _known: ReservedPort = PortRequest::new().bind().unwrap();
        thread::spawn(|| {
            assert!(leave_the_namespace(), "{}", io::Error::last_os_error());
            loopback_up();
            remove_ipv4_loopback();
            // There is no 127.0.0.1 here; ::1 stands in for it where no host is asked for.
            let error = PortRequest::new().host("127.0.0.1").bind::<ReservedPort>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AddrNotAvailable, "{error}");
        })
        .join()
        .unwrap();
        // And back here it is as before.
        let here: ReservedPort = PortRequest::new().host("127.0.0.1").bind().unwrap();
        TcpListener::bind(here.addr()).unwrap();
    });
}

/// A rival who takes every number as soon as he can: the delay lets him be in time wherever there is a gap.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_rival_comes_between_the_hold_and_its_check() {
    Traced::injecting("bind:delay_exit=20000").run(|| {
        let block = Block::new();
        let port = block.port(1);
        let rival = thread::spawn(move || {
            // Bounded: the reservation takes three calls of 20 ms each.
            (0..200).find_map(|_| {
                let listener = TcpListener::bind(("127.0.0.1", port)).ok();
                thread::sleep(std::time::Duration::from_millis(1));
                listener
            })
        });
        let reserved = watch(|| PortRequest::new().port(port).bind::<ReservedPort>());
        let rival = rival.join().unwrap();
        // Either the rival was first, or it came when the reservation was complete and shared.
        match reserved {
            Ok(reserved) => assert_eq!(reserved.port(), port),
            Err(error) => assert!(rival.is_some() && error.kind() == ErrorKind::PortInUse, "{error}"),
        }
    });
}

#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn ipv6_that_may_not_be_opened_leaves_the_hold_on_ipv4() {
    Child::new().run(|| {
        forbid_family(libc::AF_INET6);
        let reserved: ReservedPort = PortRequest::new().bind().unwrap();
        assert!(TcpStream::connect(reserved.addr()).is_err());
        for _ in 0..3 {
            let listener = reserved.listen().unwrap();
            TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        }
        let error = PortRequest::new().bind::<DualStack<TcpListener>>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        let message = error.to_string();
        assert!(message.starts_with("cannot bind ::1: "), "{message}");
        assert!(message.ends_with("; the process may not open IPv6 sockets"), "{message}");
    });
}

/// The number of a port server is nobody's to take from a reservation.
#[test]
fn a_port_server_does_not_give_it_away() {
    use crate::linux::outside::fake_port_server::{answering, serve_abstract};

    let reserved: ReservedPort = PortRequest::new().bind().unwrap();
    let address = serve_abstract(answering(format!("{}\n", reserved.port())));
    Child::new().given(|it| _ = it.variable("PORTSERVER_ADDRESS", &address)).run(|| {
        let error = PortRequest::new().portserver().bind::<TcpListener>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
        let server = env::var("PORTSERVER_ADDRESS").unwrap();
        assert!(error.to_string().ends_with(&format!("; the port server at {server} says so")), "{error}");
        assert!(PortRequest::new().portserver().bind::<ReservedPort>().is_err());
    });
    let _mine = reserved.listen().unwrap();
}
