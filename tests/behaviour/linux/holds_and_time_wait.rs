//! The two states in which nobody listens on a port and yet it is not free: somebody holds it, or connections of an
//! earlier server are in `TIME_WAIT`.

use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use port_runtime::{Bound, ClientSocket, ErrorKind, PortRequest, ReservedPort};
use socket2::Type;
use test_support::forks;

use crate::support::sockets::{connect, hold, hold_everywhere, plain};
use crate::support::{Block, assert_error, port_on};

/// Lets a server serve one connection, close it first and end: its port is left in `TIME_WAIT`.
pub(crate) fn leave_in_time_wait(server: TcpListener) -> SocketAddr {
    let address = server.local_addr().unwrap();
    let mut client = connect(address);
    drop(server.accept().expect("a client is waiting"));
    assert_eq!(client.read(&mut [0]).expect("the server has closed"), 0);
    drop(client);
    drop(server);
    let error = plain(Type::STREAM, address).expect_err("the connection is in TIME_WAIT");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    address
}

/// The port of a listener that would like to be on this one.
fn preferring(port: u16) -> (TcpListener, u16) {
    let listener: TcpListener = PortRequest::new().prefer(port).bind().expect("any other port will do");
    let found = port_on("127.0.0.1", listener.local_addr());
    (listener, found)
}

fn in_range(first: u16, last: u16) -> u16 {
    let listener: TcpListener = PortRequest::new().range(first..=last).bind().expect("the range has a free port");
    port_on("127.0.0.1", listener.local_addr())
}

#[test]
fn a_preferred_port_is_never_stolen_from_a_holder() {
    let block = Block::new();
    for (index, held_on_ipv4_only) in [(1, false), (2, true)] {
        let port = block.port(index);
        let _holder = if held_on_ipv4_only { hold((Ipv4Addr::UNSPECIFIED, port)) } else { hold_everywhere(port) };
        let (_other, found) = preferring(port);
        assert_ne!(found, port);
        // Whoever the number is held for still gets it.
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("std sets SO_REUSEADDR");
        connect(server.local_addr().unwrap());
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_preferred_port_is_never_stolen_on_ipv6() {
    let block = Block::new();
    let port = block.port(1);
    let _holder = hold_everywhere(port);
    let request = PortRequest::new().host(Ipv6Addr::LOCALHOST).prefer(port);
    let listener: TcpListener = request.bind().unwrap();
    assert_ne!(port_on("::1", listener.local_addr()), port);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn a_preferred_port_is_taken_with_only_time_wait_in_the_way() {
    let block = Block::new();
    let address = leave_in_time_wait(block.listener(1));
    let (listener, found) = preferring(address.port());
    assert_eq!(found, address.port());
    connect(address);
    // Now somebody listens, so the next one goes elsewhere.
    assert_ne!(preferring(address.port()).1, address.port());
    drop(listener);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn a_preferred_port_is_left_to_a_holder_with_time_wait_beside_it() {
    let block = Block::new();
    let port = block.port(1);
    let holder = hold_everywhere(port);
    leave_in_time_wait(block.listener(1));
    assert_ne!(preferring(port).1, port);
    drop(holder);
    assert_eq!(preferring(port).1, port);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn a_preferred_port_is_taken_with_time_wait_on_any_address() {
    let block = Block::new();
    let hosts = ["::1", "127.0.0.2", "127.255.255.254"];
    for (index, host) in (1..).zip(hosts) {
        let host: IpAddr = host.parse().unwrap();
        leave_in_time_wait(TcpListener::bind((host, block.port(index))).unwrap());
        let listener: TcpListener = PortRequest::new().host(host).prefer(block.port(index)).bind().unwrap();
        assert_eq!(port_on(&host.to_string(), listener.local_addr()), block.port(index));
    }
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn a_preferred_port_is_taken_on_every_address_with_time_wait_on_one() {
    let block = Block::new();
    let address = leave_in_time_wait(block.listener(1));
    let request = PortRequest::new().host("0.0.0.0").prefer(address.port());
    let listener: TcpListener = request.bind().unwrap();
    assert_eq!(port_on("0.0.0.0", listener.local_addr()), address.port());
    connect(address);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn a_range_takes_ports_in_time_wait_last() {
    let block = Block::new();
    let address = leave_in_time_wait(block.listener(1));
    let whole = PortRequest::new().range(block.port(1)..=block.port(2));
    let listeners: [TcpListener; 2] = whole.bind().unwrap();
    let ports = listeners.each_ref().map(|listener| port_on("127.0.0.1", listener.local_addr()));
    assert_eq!(ports, [block.port(2), block.port(1)]);
    connect(address);
    let (first, last) = (block.port(1), block.port(2));
    assert_error(
        whole.bind::<TcpListener>(),
        ErrorKind::NoFreePort,
        &format!("no free port on 127.0.0.1 in {first}..={last}: all 2 are in use"),
    );
}

#[test]
fn a_full_range_leaves_reservations_alone() {
    let block = Block::new();
    let port = block.port(1);
    let _holder = hold_everywhere(port);
    leave_in_time_wait(block.listener(1));
    let _plain = plain(Type::STREAM, (Ipv4Addr::LOCALHOST, block.port(2))).unwrap();
    let _on_all_of_ipv4 = hold((Ipv4Addr::UNSPECIFIED, block.port(3)));
    let request = PortRequest::new().range(port..=block.port(3));
    let message = format!("no free port on 127.0.0.1 in {port}..={}: all 3 are in use", block.port(3));
    assert_error(request.bind::<TcpListener>(), ErrorKind::NoFreePort, &message);
    assert_error(request.bind::<(UdpSocket, TcpListener)>(), ErrorKind::NoFreePort, &message);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn sockets_that_share_a_number_of_a_range_take_one_in_time_wait_last() {
    let block = Block::new();
    leave_in_time_wait(block.listener(1));
    let _udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(2))).unwrap();
    let request = PortRequest::new().range(block.port(1)..=block.port(2));
    let (udp, tcp): (UdpSocket, TcpListener) = request.bind().unwrap();
    assert_eq!(port_on("127.0.0.1", udp.local_addr()), block.port(1));
    assert_eq!(port_on("127.0.0.1", tcp.local_addr()), block.port(1));
    connect(tcp.local_addr().unwrap());
}

#[test]
fn a_range_skips_ports_that_are_merely_held() {
    let block = Block::new();
    let _plain = plain(Type::STREAM, (Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    let _here = hold((Ipv4Addr::LOCALHOST, block.port(2)));
    let _everywhere = hold_everywhere(block.port(3));
    let _on_all_of_ipv4 = hold((Ipv4Addr::UNSPECIFIED, block.port(4)));
    assert_eq!(in_range(block.port(1), block.port(5)), block.port(5));
}

#[test]
fn a_server_restarts_on_its_port_with_connections_in_time_wait() {
    let _no_forks = forks::none();
    // What is left of the connection carries the listener's SO_REUSEADDR.
    let address = leave_in_time_wait(PortRequest::new().bind().unwrap());
    TcpListener::bind(address).expect("std sets SO_REUSEADDR");
}

/// A reservation, or a client, does not look past what an earlier server has left: that is for listeners.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn old_connections_count_for_all_but_listeners() {
    let block = Block::new();
    leave_in_time_wait(block.listener(1));
    let request = PortRequest::new().prefer(block.port(1));
    assert_ne!(request.bind::<ReservedPort>().unwrap().port(), block.port(1));
    assert_ne!(request.bind::<ClientSocket>().unwrap().port(), block.port(1));
    assert_eq!(request.bind::<UdpSocket>().unwrap().port(), block.port(1));
    assert_eq!(request.bind::<TcpListener>().unwrap().port(), block.port(1));
}
