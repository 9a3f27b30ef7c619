//! Sandboxes, and limits: whoever cannot ask who has a number robs nobody.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use test_support::seccomp::{forbid_family, refuse_family};

use super::holds_and_time_wait::leave_in_time_wait;
use super::late_listeners::{LateListener, insisting, is_in_use, number};
use crate::support::sockets::hold;
use crate::support::{Block, Child};

/// A sandbox lets nobody ask: then a number that is in use is in use.
#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn are_not_robbed_where_nobody_can_be_asked() {
    Child::new().run(|| {
        let block = Block::new();
        let (busy, old) = (block.port(1), block.port(2));
        let late = LateListener::bind(([127, 0, 0, 1], busy).into(), false);
        leave_in_time_wait(block.listener(2));
        forbid_family(libc::AF_NETLINK);
        for port in [busy, old] {
            for (way, request) in insisting(port) {
                assert!(is_in_use(request.bind::<TcpListener>()), "{way} of {port}");
            }
        }
        let elsewhere: TcpListener = PortRequest::new().prefer(old).bind().unwrap();
        assert_ne!(elsewhere.local_addr().unwrap().port(), old);
        late.listens();
    });
}

/// A question needs a descriptor, too, and the lack of one is told as what it is.
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn a_lack_of_descriptors_is_not_called_in_use() {
    Child::new().run(|| {
        let block = Block::new();
        let port = number(&block, true);
        let mut all = Vec::new();
        while let Ok(socket) = UdpSocket::bind("127.0.0.1:0") {
            all.push(socket);
        }
        // One for the socket itself.
        all.pop();
        for (way, request) in insisting(port) {
            let error = request.bind::<TcpListener>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooManyOpenFiles, "{way}: {error}");
        }
        drop(all);
        PortRequest::new().port(port).bind::<TcpListener>().unwrap();
    });
}

/// A hold is on IPv4 alone where there is no more: in the process that has it, and in those that it starts.
#[cfg_attr(not(all(has_seccomp, has_sock_diag)), ignore = "needs seccomp filters, and Linux 6.8")]
#[test]
fn a_hold_without_ipv6_is_one_to_those_without_ipv6() {
    for forbid in [forbid_family, refuse_family] {
        let block = Block::new();
        let held = hold((Ipv4Addr::UNSPECIFIED, block.port(1)));
        let request = PortRequest::new().port(block.port(1));
        assert!(is_in_use(request.bind::<TcpListener>()), "it may be a server that is about to listen");
        let inside = std::thread::spawn(move || {
            forbid(libc::AF_INET6);
            request.bind::<TcpListener>().unwrap();
            let reserved: ReservedPort = PortRequest::new().bind().unwrap();
            PortRequest::new().port(reserved.port()).bind::<TcpListener>().unwrap();
        });
        inside.join().unwrap();
        drop(held);
    }
}
