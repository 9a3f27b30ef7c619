//! Tuples: several sockets on one port number.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use port_runtime::{DualStack, Error, ErrorKind, FromFreePort, PortRequest};

use crate::support::sockets::{connect, hold_everywhere};
use crate::support::{Block, assert_error, port_on};

/// A harness's own server, on IPv6 whatever is asked for.
struct OnIpv6(TcpListener);

impl FromFreePort for OnIpv6 {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        request.clone().host("::1").bind().map(Self)
    }
}

fn port_of((tcp, udp): &(TcpListener, UdpSocket)) -> u16 {
    let port = port_on("127.0.0.1", tcp.local_addr());
    assert_eq!(port_on("127.0.0.1", udp.local_addr()), port);
    port
}

#[test]
fn tcp_and_udp_share_a_number() {
    let pair: (TcpListener, UdpSocket) = PortRequest::new().bind().unwrap();
    port_of(&pair);
    connect(pair.0.local_addr().unwrap());
    assert!(UdpSocket::bind(pair.1.local_addr().unwrap()).is_err());
}

#[test]
fn udp_and_tcp_share_a_number() {
    let (udp, tcp): (UdpSocket, TcpListener) = PortRequest::new().bind().unwrap();
    port_of(&(tcp, udp));
}

#[test]
fn one_member_is_enough() {
    let (listener,): (TcpListener,) = PortRequest::new().bind().unwrap();
    port_on("127.0.0.1", listener.local_addr());
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn three_members_share_a_number() {
    let (tcp, both, harness): (TcpListener, DualStack<UdpSocket>, OnIpv6) = PortRequest::new().bind().unwrap();
    let port = port_on("127.0.0.1", tcp.local_addr());
    assert_eq!(port_on("127.0.0.1", both.v4.local_addr()), port);
    assert_eq!(port_on("::1", both.v6.local_addr()), port);
    assert_eq!(port_on("::1", harness.0.local_addr()), port);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn four_members_share_a_number() {
    type Members = (UdpSocket, OnIpv6, (TcpListener,), (OnIpv6Udp,));
    let (udp, OnIpv6(tcp6), (tcp,), (OnIpv6Udp(udp6),)): Members = PortRequest::new().bind().unwrap();
    let port = port_of(&(tcp, udp));
    assert_eq!(port_on("::1", tcp6.local_addr()), port);
    assert_eq!(port_on("::1", udp6.local_addr()), port);
}

struct OnIpv6Udp(UdpSocket);

impl FromFreePort for OnIpv6Udp {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        request.clone().host("::1").bind().map(Self)
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn both_families_of_both_protocols_share_a_number() {
    let (tcp, udp): (DualStack<TcpListener>, DualStack<UdpSocket>) = PortRequest::new().bind().unwrap();
    let port = port_of(&(tcp.v4, udp.v4));
    assert_eq!(port_on("::1", tcp.v6.local_addr()), port);
    assert_eq!(port_on("::1", udp.v6.local_addr()), port);
}

#[test]
fn a_range_gives_the_lowest_number_that_is_free_for_all() {
    let block = Block::new();
    let _tcp = block.listener(1);
    let _udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(2))).unwrap();
    let _held = hold_everywhere(block.port(3));
    let request = PortRequest::new().range(block.port(1)..=block.port(5));
    let first: (TcpListener, UdpSocket) = request.bind().unwrap();
    assert_eq!(port_of(&first), block.port(4));
    let (udp, tcp): (UdpSocket, TcpListener) = request.bind().unwrap();
    let second = (tcp, udp);
    assert_eq!(port_of(&second), block.port(5));

    let message = format!("no free port on 127.0.0.1 in {}..={}: all 5 are in use", block.port(1), block.port(5));
    assert_error(request.bind::<(TcpListener, UdpSocket)>(), ErrorKind::NoFreePort, &message);
    assert_error(request.bind::<(UdpSocket, TcpListener)>(), ErrorKind::NoFreePort, &message);
}

#[test]
fn a_preferred_number_is_taken_if_it_is_free_for_all() {
    let block = Block::new();
    let request = PortRequest::new().prefer(block.port(1)).range(block.port(2)..=block.port(2));
    let pair: (TcpListener, UdpSocket) = request.bind().unwrap();
    assert_eq!(port_of(&pair), block.port(1));
    let next: (TcpListener, UdpSocket) = request.bind().unwrap();
    assert_eq!(port_of(&next), block.port(2));
    drop(pair);
    for busy_on_udp in [false, true] {
        let address = (Ipv4Addr::LOCALHOST, block.port(1));
        let _tcp = (!busy_on_udp).then(|| hold_everywhere(block.port(1)));
        let _udp = busy_on_udp.then(|| UdpSocket::bind(address).unwrap());
        let other: (TcpListener, UdpSocket) = PortRequest::new().prefer(block.port(1)).bind().unwrap();
        assert_ne!(port_of(&other), block.port(1));
        let (first, last) = (block.port(2), block.port(1));
        assert_error(
            request.bind::<(TcpListener, UdpSocket)>(),
            ErrorKind::NoFreePort,
            &format!(
                "no free port on 127.0.0.1 in {first}..={first}: the only one is in use; \
                 the preferred port {last} is in use"
            ),
        );
    }
}

#[test]
fn the_same_claim_twice_fails_at_once() {
    let block = Block::new();
    let tcp = "two TCP sockets on 127.0.0.1 cannot share one port; take an array for different ports";
    let udp = "two UDP sockets on 127.0.0.1 cannot share one port; take an array for different ports";
    for request in [PortRequest::new(), PortRequest::new().prefer(block.port(1)).range(block.port(2)..block.port(9))] {
        let kind = ErrorKind::InvalidRequest;
        assert_error(request.bind::<(TcpListener, TcpListener)>(), kind, tcp);
        assert_error(request.bind::<(TcpListener, mio::net::TcpListener)>(), kind, tcp);
        assert_error(request.bind::<(UdpSocket, TcpListener, UdpSocket)>(), kind, udp);
        assert_error(request.bind::<(UdpSocket, (TcpListener, UdpSocket))>(), kind, udp);
        assert_error(request.bind::<(TcpListener, [TcpListener; 1])>(), kind, tcp);
        assert_error(request.bind::<([UdpSocket; 2], TcpListener)>(), kind, udp);
        if cfg!(has_ipv6) {
            assert_error(request.bind::<(TcpListener, DualStack<TcpListener>)>(), kind, tcp);
            assert_error(request.bind::<(DualStack<UdpSocket>, UdpSocket)>(), kind, udp);
        }
    }
}

#[test]
fn an_error_of_a_member_comes_through() {
    #[derive(Debug)]
    struct Broken;

    impl FromFreePort for Broken {
        fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
            Err(Error::other("the schema is missing"))
        }
    }

    for range in [1024..2000, 8000..9000] {
        let request = PortRequest::new().range(range);
        assert_error(request.bind::<(TcpListener, Broken)>(), ErrorKind::Other, "the schema is missing");
        assert_error(request.bind::<(Broken, TcpListener)>(), ErrorKind::Other, "the schema is missing");
    }
}
