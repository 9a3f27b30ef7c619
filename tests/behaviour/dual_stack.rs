//! One number on both families.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, PortRequest};
use socket2::{SockRef, Type};

use crate::support::sockets::{connect, hold_everywhere, plain};
use crate::support::{Block, assert_error, port_on, without_holders};

/// The number that both are on.
fn common_port(both: &DualStack<TcpListener>, v4: &str, v6: &str) -> u16 {
    let port = port_on(v4, both.v4.local_addr());
    assert_eq!(port_on(v6, both.v6.local_addr()), port);
    assert!(SockRef::from(&both.v6).only_v6().unwrap());
    connect((Ipv4Addr::LOCALHOST, port).into());
    connect((Ipv6Addr::LOCALHOST, port).into());
    let [v4, v6] = [&both.v4, &both.v6].map(|it| it.accept().unwrap().1.ip());
    assert_eq!((v4.is_ipv4(), v6.is_ipv6()), (true, true));
    port
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn is_on_loopback_by_default() {
    let both: DualStack<TcpListener> = PortRequest::new().bind().unwrap();
    common_port(&both, "127.0.0.1", "::1");
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn either_loopback_means_both() {
    for host in ["127.0.0.1", "::1", "localhost"] {
        let both: DualStack<TcpListener> = PortRequest::new().host(host).bind().unwrap();
        common_port(&both, "127.0.0.1", "::1");
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn either_wildcard_means_both() {
    let block = Block::new();
    for host in ["0.0.0.0", "::"] {
        let both: DualStack<TcpListener> = PortRequest::new().host(host).bind().unwrap();
        common_port(&both, "0.0.0.0", "::");
        let both: DualStack<TcpListener> = PortRequest::new().host(host).prefer(block.port(1)).bind().unwrap();
        assert_eq!(common_port(&both, "0.0.0.0", "::"), block.port(1));
        let request = PortRequest::new().host(host).range(block.port(2)..block.port(3));
        let both: DualStack<TcpListener> = request.bind().unwrap();
        assert_eq!(common_port(&both, "0.0.0.0", "::"), block.port(2));
        let both: DualStack<UdpSocket> = request.bind().unwrap();
        assert_eq!(port_on("0.0.0.0", both.v4.local_addr()), block.port(2));
        assert_eq!(port_on("::", both.v6.local_addr()), block.port(2));
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn holds_for_udp() {
    let both: DualStack<UdpSocket> = PortRequest::new().bind().unwrap();
    let port = port_on("127.0.0.1", both.v4.local_addr());
    assert_eq!(port_on("::1", both.v6.local_addr()), port);
    assert!(SockRef::from(&both.v6).only_v6().unwrap());
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn holds_for_async_types() {
    let both: DualStack<mio::net::TcpListener> = PortRequest::new().bind().unwrap();
    let port = port_on("127.0.0.1", both.v4.local_addr());
    assert_eq!(port_on("::1", both.v6.local_addr()), port);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn nobody_else_binds_either_port_while_it_lives() {
    let both: DualStack<TcpListener> = PortRequest::new().bind().unwrap();
    for address in [both.v4.local_addr().unwrap(), both.v6.local_addr().unwrap()] {
        assert!(TcpListener::bind(address).is_err());
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_range_skips_what_is_busy_on_either() {
    let block = Block::new();
    let _v4 = block.listener(1);
    let _v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, block.port(2))).unwrap();
    let _held = hold_everywhere(block.port(3));
    let _plain = plain(Type::STREAM, (Ipv6Addr::LOCALHOST, block.port(4))).unwrap();
    let request = PortRequest::new().range(block.port(1)..=block.port(5));
    let both: DualStack<TcpListener> = request.bind().unwrap();
    assert_eq!(common_port(&both, "127.0.0.1", "::1"), block.port(5));
    let error = request.bind::<DualStack<TcpListener>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFreePort);
    let range = format!(" in {}..={}: all 5 are in use", block.port(1), block.port(5));
    assert!(without_holders(&error).ends_with(&range), "{error}");
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_preferred_port_that_is_busy_on_one_is_left() {
    let block = Block::new();
    let request = PortRequest::new().prefer(block.port(1));
    let both: DualStack<TcpListener> = request.bind().unwrap();
    assert_eq!(common_port(&both, "127.0.0.1", "::1"), block.port(1));
    drop(both);
    for host in ["127.0.0.1", "::1"] {
        // Not by std: accepted connections above are in TIME_WAIT, which that takes as well.
        let _busy = TcpListener::bind((host, block.port(2))).unwrap();
        let both: DualStack<TcpListener> = PortRequest::new().prefer(block.port(2)).bind().unwrap();
        assert_ne!(common_port(&both, "127.0.0.1", "::1"), block.port(2));
    }
}

#[test]
fn an_address_without_a_counterpart_is_refused() {
    let message = "`DualStack` needs an address of both families, and 203.0.113.1 has none of the other; \
                   leave `host` out or give `::`";
    let request = PortRequest::new().host("203.0.113.1");
    assert_error(request.bind::<DualStack<TcpListener>>(), ErrorKind::InvalidRequest, message);
    assert_error(request.bind::<DualStack<UdpSocket>>(), ErrorKind::InvalidRequest, message);
}

#[cfg(target_os = "linux")]
mod in_a_namespace {
    use super::{DualStack, PortRequest, TcpListener};
    use crate::support::Child;
    use crate::support::child::open_descriptors;
    use crate::support::namespace::{loopback_up, set_ephemeral_ports};
    use crate::support::trace::{Traced, watch};

    #[cfg_attr(not(all(has_unshare, has_ipv6)), ignore = "no network namespace with IPv6 can be made here")]
    #[test]
    fn the_only_number_free_on_both_is_found() {
        Child::in_namespace().run(|| {
            set_ephemeral_ports(40_000, 40_001);
            let ports = [(40_000, 40_001), (40_001, 40_000)];
            for (host, (busy, free)) in ["127.0.0.1", "::1"].into_iter().flat_map(|host| ports.map(|it| (host, it))) {
                let _busy = TcpListener::bind((host, busy)).unwrap();
                for _ in 0..10 {
                    let before = open_descriptors();
                    let both: DualStack<TcpListener> = PortRequest::new().bind().unwrap();
                    assert_eq!(both.v4.local_addr().unwrap().port(), free);
                    assert_eq!(both.v6.local_addr().unwrap().port(), free);
                    assert_eq!(open_descriptors(), before + 2, "the hold is gone");
                }
            }
        });
    }

    #[cfg_attr(not(all(has_unshare, has_strace, has_ipv6)), ignore = "needs strace in a network namespace with IPv6")]
    #[test]
    fn it_is_found_at_the_first_try() {
        let child = Child::in_namespace().prepared_by(|| {
            loopback_up();
            set_ephemeral_ports(40_000, 40_001);
        });
        let calls = Traced::new(child).run(|| {
            // The kernel prefers odd numbers to even ones.
            watch(|| {
                for busy in [40_000, 40_001] {
                    let _busy = TcpListener::bind(("::1", busy)).unwrap();
                    (0..10).for_each(|_| drop(PortRequest::new().bind::<DualStack<TcpListener>>().unwrap()));
                }
            });
        });
        let Some(calls) = calls else { return };
        let choices = calls.iter().filter(|call| call.starts_with("bind(") && call.contains("htons(0)")).count();
        assert_eq!(choices, 20, "{calls:#?}");
        let collisions = |call: &&String| call.contains("EADDRINUSE") && call.contains("\"::1\"");
        assert_eq!(calls.iter().find(collisions), None, "{calls:#?}");
    }
}
