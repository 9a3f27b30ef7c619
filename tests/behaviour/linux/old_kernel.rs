//! Linux before 6.8, which does not tell who is bound and does not listen. Strace changes the questions, so that the kernel
//! of this machine does not tell either.

use std::net::{SocketAddr, TcpListener};

use port_runtime::{Order, PortRequest};

use super::holds_and_time_wait::leave_in_time_wait;
use crate::support::namespace::remove_ipv4_loopback;
use crate::support::sockets::hold_everywhere;
use crate::support::trace::{Traced, watch};
use crate::support::{Block, Child};

/// Whoever is asked for, the question is for the listeners of IPv4: `nlmsghdr`, and the beginning of `inet_diag_req_v2`.
fn old_kernel(child: Child) -> Traced {
    let [header, request, listening] = ["5c000000140001030000000000000000", "02060000", "00040000"];
    Traced::injecting_into(child, &format!("sendto:poke_enter=@arg2={header}{request}{listening}"))
}

/// All that may look past old connections.
fn ways(port: u16) -> [PortRequest; 3] {
    let request = PortRequest::new();
    [
        request.clone().prefer(port).range(port..=port),
        request.clone().range(port..=port),
        request.range(port..=port).order(Order::stable("key")),
    ]
}

#[cfg_attr(not(all(has_strace, target_endian = "little")), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn looks_past_old_connections_and_robs_no_hold() {
    old_kernel(Child::new()).run(|| {
        let block = Block::new();
        let (old, held) = (block.port(1), block.port(2));
        leave_in_time_wait(block.listener(1));
        let _hold = hold_everywhere(held);
        watch(|| {
            for request in ways(old) {
                let listener: TcpListener = request.bind().unwrap();
                assert_eq!(listener.local_addr().unwrap(), SocketAddr::from(([127, 0, 0, 1], old)));
            }
            for request in ways(held) {
                request.bind::<TcpListener>().unwrap_err();
            }
            // Who is told the number gets it.
            for port in [old, held] {
                PortRequest::new().port(port).bind::<TcpListener>().unwrap();
            }
        });
    });
}

/// What keeps holds away does so until we listen.
#[cfg_attr(not(all(has_strace, target_endian = "little")), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn nobody_reserves_the_number_meanwhile() {
    let calls = old_kernel(Child::new()).run(|| {
        let block = Block::new();
        leave_in_time_wait(block.listener(1));
        let request = PortRequest::new().prefer(block.port(1));
        watch(|| request.bind::<TcpListener>()).unwrap();
    });
    let Some(calls) = calls else { return };
    let place = |what: &str| calls.iter().position(|call| call.contains(what)).unwrap_or_else(|| panic!("{calls:#?}"));
    let probe = place("127.255.255.254");
    let number = calls[probe].strip_prefix("bind(").and_then(|rest| rest.split(',').next()).unwrap();
    let closed = probe + calls[probe..].iter().position(|call| call.starts_with(&format!("close({number})"))).unwrap();
    assert!(probe < place("listen(") && place("listen(") < closed, "{calls:#?}");
}

/// There is nowhere else to bind: then it is in use.
#[cfg_attr(
    not(all(has_strace, has_unshare, has_ipv6, target_endian = "little")),
    ignore = "`strace` is not installed, or no network namespace with IPv6 can be made"
)]
#[test]
fn says_in_use_where_there_is_no_other_address() {
    old_kernel(Child::in_namespace()).run(|| {
        remove_ipv4_loopback();
        let server = TcpListener::bind("[::1]:0").unwrap();
        let port = server.local_addr().unwrap().port();
        leave_in_time_wait(server);
        watch(|| {
            for request in ways(port) {
                let error = request.host("::1").bind::<TcpListener>().unwrap_err();
                assert!(error.to_string().contains("in use"), "{error}");
            }
            let elsewhere: TcpListener = PortRequest::new().host("::1").prefer(port).bind().unwrap();
            assert_ne!(elsewhere.local_addr().unwrap().port(), port);
        });
    });
}
