//! A server that was given a reserved number, is bound under the hold, and about to listen: nobody robs it, the owner of
//! the hold included.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{io, thread};

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::forks;
use test_support::seccomp::forbid_family;

use crate::linux::late_listeners::LateListener;
use crate::support::Child;
use crate::support::namespace::loopback_up;

fn reserve() -> ReservedPort {
    PortRequest::new().bind().unwrap()
}

#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn the_owner_of_the_hold_does_not_rob_it() {
    let _none = forks::none();
    for host in ["127.0.0.1", "0.0.0.0", "::1"] {
        if host == "::1" && !cfg!(has_ipv6) {
            continue;
        }
        let reserved: ReservedPort = PortRequest::new().host(host).bind().unwrap();
        let late = LateListener::bind(SocketAddr::new(host.parse().unwrap(), reserved.port()), true);
        let error = reserved.listen().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
        late.listens();
        // The hold is as it was.
        let listener = reserved.listen().expect("nobody has it any more");
        drop(listener);
        reserved.listen().unwrap();
    }
}

/// One gets it, and the others hear that somebody listens.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn of_several_owners_at_once_one_listens() {
    let _none = forks::none();
    let reserved = reserve();
    let mut won = 0;
    for _ in 0..50 {
        let winners = AtomicU32::new(0);
        let listeners: Vec<_> = thread::scope(|scope| {
            let listen = || reserved.listen().inspect(|_| _ = winners.fetch_add(1, Ordering::Relaxed)).ok();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(listen)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winners = winners.into_inner();
        assert!(winners <= 1);
        won += winners;
        drop(listeners);
        reserved.listen().expect("it is reserved still");
    }
    // Two may see each other and both step back, now and then.
    assert!(won > 25, "somebody has listened in {won} of 50 rounds");
}

/// Where nobody can be asked, the owner of the hold knows that it is his.
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn the_owner_listens_in_a_sandbox() {
    Child::new().run(|| {
        let reserved = reserve();
        forbid_family(libc::AF_NETLINK);
        for _ in 0..3 {
            reserved.listen().unwrap();
        }
        let _mine = reserved.listen().unwrap();
        assert_eq!(reserved.listen().unwrap_err().kind(), ErrorKind::PortInUse);
    });
}

/// Moves this thread, and no other, into a network namespace of its own.
#[expect(unsafe_code, reason = "there is no other way to call unshare(2)")]
fn leave_the_namespace() {
    // SAFETY: always sound; it changes where this thread opens its sockets.
    assert_eq!(unsafe { libc::unshare(libc::CLONE_NEWNET) }, 0, "{}", io::Error::last_os_error());
    loopback_up();
}

/// The hold is in another network namespace: here the number is somebody else's.
#[cfg_attr(not(all(has_unshare, has_sock_diag)), ignore = "needs a network namespace, and Linux 6.8")]
#[test]
fn in_another_namespace_nobody_is_robbed() {
    Child::in_namespace().run(|| {
        let reserved = reserve();
        thread::scope(|scope| {
            scope.spawn(|| {
                leave_the_namespace();
                let late = LateListener::bind(reserved.addr(), false);
                let error = reserved.listen().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
                late.listens();
            });
        });
        reserved.listen().unwrap();
    });
}

/// A server of another program under the hold: the number is in use on other addresses, too.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn a_late_listener_elsewhere_is_not_in_the_way() {
    let _none = forks::none();
    let reserved = reserve();
    let elsewhere = LateListener::bind(([127, 0, 0, 2], reserved.port()).into(), false);
    let listener: TcpListener = reserved.listen().unwrap();
    elsewhere.listens();
    drop(listener);
    let everywhere = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    everywhere.set_reuse_address(true).unwrap();
    everywhere.bind(&SocketAddr::from(([0; 4], reserved.port())).into()).unwrap();
    assert_eq!(reserved.listen().unwrap_err().kind(), ErrorKind::PortInUse);
    everywhere.listen(1).unwrap();
}
