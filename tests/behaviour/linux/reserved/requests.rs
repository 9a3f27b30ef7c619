//! Which number is reserved, and what cannot be.

use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, PortRequest, ReservedPort};
use socket2::Type;

use super::{assert_in_use, leave_in_time_wait, reserve};
use crate::support::child::fails;
use crate::support::sockets::plain;
use crate::support::{Block, Child, assert_error, port_on};

#[test]
fn the_default_is_on_the_loopback() {
    let reserved = reserve();
    assert_ne!(reserved.port(), 0);
    assert_eq!(reserved.addr(), (Ipv4Addr::LOCALHOST, reserved.port()).into());
    assert_eq!(reserved.addr().to_string(), format!("127.0.0.1:{}", reserved.port()));
    assert_eq!(format!("{reserved:?}"), format!("ReservedPort(127.0.0.1:{})", reserved.port()));
}

#[test]
fn an_array_has_different_numbers() {
    let reserved: [ReservedPort; 20] = PortRequest::new().bind().unwrap();
    let ports: HashSet<_> = reserved.iter().map(ReservedPort::port).collect();
    assert_eq!(ports.len(), 20);
    for port in ports {
        assert_in_use(plain(Type::STREAM, (Ipv4Addr::LOCALHOST, port)));
    }
}

#[test]
fn a_range_gives_the_lowest_free_ones_in_order() {
    let block = Block::new();
    // Free is what is free on all addresses, of TCP.
    let _busy = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), block.port(2))).unwrap();
    let _udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(3))).unwrap();
    let _held: ReservedPort = PortRequest::new().range(block.port(4)..=block.port(4)).bind().unwrap();
    leave_in_time_wait(block.listener(5));

    let request = PortRequest::new().range(block.port(1)..=block.port(7));
    let reserved: [ReservedPort; 4] = request.bind().unwrap();
    assert_eq!(reserved.each_ref().map(ReservedPort::port), [1, 3, 6, 7].map(|index| block.port(index)));
    let (first, last) = (block.port(1), block.port(7));
    let message = format!("no free port on 127.0.0.1 in {first}..={last}: all 7 are in use");
    assert_error(request.bind::<ReservedPort>(), ErrorKind::NoFreePort, &message);
    let [_, third, ..] = reserved;
    let port = third.release();
    assert_eq!(request.bind::<ReservedPort>().unwrap().port(), port);
}

#[test]
fn a_preferred_number_comes_first_if_it_is_free() {
    let block = Block::new();
    let request = PortRequest::new().prefer(block.port(9)).range(block.port(1)..=block.port(3));
    let reserved: [ReservedPort; 3] = request.bind().unwrap();
    assert_eq!(reserved.each_ref().map(ReservedPort::port), [9, 1, 2].map(|index| block.port(index)));
    drop(reserved);
    // What is in TIME_WAIT is not free for everybody.
    leave_in_time_wait(block.listener(9));
    assert_eq!(request.bind::<ReservedPort>().unwrap().port(), block.port(1));
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn an_environment_variable_names_it() {
    Child::in_namespace().wrapped_in(["env", "RESERVED_BY_A_TEST=8080"]).run(|| {
        let request = PortRequest::new().env("RESERVED_BY_A_TEST");
        let reserved: ReservedPort = request.bind().unwrap();
        assert_eq!(reserved.port(), 8080);
        assert_in_use(plain(Type::STREAM, (Ipv4Addr::LOCALHOST, 8080)));
        // It is exact, so there is no second one.
        assert_eq!(request.bind::<ReservedPort>().unwrap_err().kind(), ErrorKind::PortInUse);
        // A server of the same program takes the number it is told.
        request.bind::<TcpListener>().unwrap();
    });
}

#[test]
fn the_host_is_kept() {
    for (host, address) in [("127.0.0.3", "127.0.0.3"), ("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0")] {
        let reserved: ReservedPort = PortRequest::new().host(host).bind().unwrap();
        if host != "localhost" || reserved.addr().is_ipv4() {
            assert_eq!(reserved.addr().to_string(), format!("{address}:{}", reserved.port()));
        }
        port_on(&reserved.addr().ip().to_string(), reserved.listen().unwrap().local_addr());
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn the_host_may_be_ipv6() {
    for host in ["::1", "[::1]", "::"] {
        let reserved: ReservedPort = PortRequest::new().host(host).bind().unwrap();
        let address = host.trim_matches(['[', ']']);
        assert_eq!(reserved.addr().to_string(), format!("[{address}]:{}", reserved.port()));
        port_on(address, reserved.listen().unwrap().local_addr());
        assert_in_use(plain(Type::STREAM, (Ipv4Addr::LOCALHOST, reserved.port())));
        assert_in_use(plain(Type::STREAM, (Ipv6Addr::LOCALHOST, reserved.port())));
    }
}

#[test]
fn tuples_with_udp_share_a_number() {
    let block = Block::new();
    let _udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    let _tcp = block.listener(2);
    let range = PortRequest::new().range(block.port(1)..=block.port(5));
    for (request, index) in
        [(PortRequest::new(), None), (range.clone(), Some(3)), (range.prefer(block.port(9)), Some(9))]
    {
        let (reserved, udp): (ReservedPort, UdpSocket) = request.bind().unwrap();
        assert_eq!(port_on("127.0.0.1", udp.local_addr()), reserved.port());
        assert!(index.is_none_or(|index| reserved.port() == block.port(index)));
        assert_in_use(plain(Type::STREAM, (Ipv4Addr::UNSPECIFIED, reserved.port())));
        reserved.listen().unwrap();
        drop((reserved, udp));
        let (udp, reserved): (UdpSocket, ReservedPort) = request.bind().unwrap();
        assert_eq!(port_on("127.0.0.1", udp.local_addr()), reserved.port());
        assert!(index.is_none_or(|index| reserved.port() == block.port(index)));
        assert_in_use(plain(Type::STREAM, (Ipv4Addr::UNSPECIFIED, reserved.port())));
    }
    let pairs: [(ReservedPort, UdpSocket); 3] = PortRequest::new().bind().unwrap();
    let ports: HashSet<_> = pairs.iter().map(|(reserved, _)| reserved.port()).collect();
    assert_eq!(ports.len(), 3);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn udp_on_both_families_may_share_the_number() {
    let (reserved, udp): (ReservedPort, DualStack<UdpSocket>) = PortRequest::new().bind().unwrap();
    assert_eq!(port_on("127.0.0.1", udp.v4.local_addr()), reserved.port());
    assert_eq!(port_on("::1", udp.v6.local_addr()), reserved.port());
}

#[test]
fn it_shares_its_number_with_no_other_tcp_socket() {
    Child::new().run(|| {
        let block = Block::new();
        let ranged = PortRequest::new().prefer(block.port(9)).range(block.port(1)..=block.port(3));
        for request in [PortRequest::new(), PortRequest::new().host("0.0.0.0"), ranged] {
            fails::<(ReservedPort, TcpListener)>(&request, ErrorKind::InvalidRequest);
            fails::<(TcpListener, ReservedPort)>(&request, ErrorKind::InvalidRequest);
            fails::<(ReservedPort, ReservedPort)>(&request, ErrorKind::InvalidRequest);
            fails::<(UdpSocket, ReservedPort, TcpListener)>(&request, ErrorKind::InvalidRequest);
            fails::<(UdpSocket, [ReservedPort; 2])>(&request, ErrorKind::InvalidRequest);
            if cfg!(has_ipv6) {
                fails::<DualStack<ReservedPort>>(&request, ErrorKind::InvalidRequest);
                fails::<(DualStack<TcpListener>, ReservedPort)>(&request, ErrorKind::InvalidRequest);
                fails::<(ReservedPort, DualStack<TcpListener>)>(&request, ErrorKind::InvalidRequest);
            }
        }
    });
}

#[test]
fn other_failures_leave_no_descriptor_either() {
    Child::new().run(|| {
        let block = Block::new();
        let _busy = [block.listener(1), block.listener(2)];
        let full = PortRequest::new().range(block.port(1)..=block.port(2));
        fails::<ReservedPort>(&full, ErrorKind::NoFreePort);
        fails::<(ReservedPort, UdpSocket)>(&full, ErrorKind::NoFreePort);
        fails::<(UdpSocket, ReservedPort)>(&full, ErrorKind::NoFreePort);
        fails::<[ReservedPort; 2]>(&full.range(block.port(2)..=block.port(3)), ErrorKind::NoFreePort);
        fails::<ReservedPort>(&PortRequest::new().prefer(0), ErrorKind::InvalidRequest);
        // 192.0.2.1 is reserved for documentation.
        let foreign = PortRequest::new().host("192.0.2.1");
        fails::<ReservedPort>(&foreign, ErrorKind::AddrNotAvailable);
        fails::<(ReservedPort, UdpSocket)>(&foreign, ErrorKind::AddrNotAvailable);
        fails::<ReservedPort>(&foreign.clone().range(block.port(3)..=block.port(9)), ErrorKind::AddrNotAvailable);
        fails::<ReservedPort>(&foreign.clone().prefer(block.port(3)), ErrorKind::AddrNotAvailable);
        assert_error(
            foreign.bind::<ReservedPort>(),
            ErrorKind::AddrNotAvailable,
            "cannot bind 192.0.2.1: Cannot assign requested address (os error 99); \
             it is not an address of this machine",
        );
        // Nor has a number stayed behind.
        let all: [ReservedPort; 7] = PortRequest::new().range(block.port(3)..=block.port(9)).bind().unwrap();
        drop(all);
    });
}
