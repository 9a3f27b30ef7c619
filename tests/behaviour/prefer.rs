//! A preferred port: taken if it is free, never stolen, and given up without a fuss.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use port_runtime::{ErrorKind, PortRequest};

use crate::support::sockets::connect;
use crate::support::{Block, assert_error, port_on};

/// The port of a listener that would like to be on this one.
fn preferring(port: u16) -> (TcpListener, u16) {
    let listener: TcpListener = PortRequest::new().prefer(port).bind().expect("any other port will do");
    let found = port_on("127.0.0.1", listener.local_addr());
    (listener, found)
}

#[test]
fn is_taken_when_it_is_free() {
    let block = Block::new();
    assert_eq!(preferring(block.port(1)).1, block.port(1));
    let socket: UdpSocket = PortRequest::new().prefer(block.port(1)).bind().unwrap();
    assert_eq!(port_on("127.0.0.1", socket.local_addr()), block.port(1));
}

#[test]
fn is_left_to_a_server_that_listens() {
    let block = Block::new();
    let server = block.listener(1);
    assert_ne!(preferring(block.port(1)).1, block.port(1));
    let client = connect(server.local_addr().unwrap());
    assert_eq!(server.accept().unwrap().1, client.local_addr().unwrap());
}

#[test]
fn is_left_to_a_second_copy_of_ourselves() {
    let block = Block::new();
    let (_first, port) = preferring(block.port(1));
    assert_eq!(port, block.port(1));
    assert_ne!(preferring(block.port(1)).1, block.port(1));
}

#[test]
fn is_left_to_a_udp_socket() {
    let block = Block::new();
    let _busy = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    let socket: UdpSocket = PortRequest::new().prefer(block.port(1)).bind().unwrap();
    assert_ne!(socket.local_addr().unwrap().port(), block.port(1));
}

#[test]
fn comes_before_the_range() {
    let block = Block::new();
    for prefer_first in [true, false] {
        let request = PortRequest::new();
        let (preferred, range) = (block.port(9), block.port(1)..block.port(4));
        let request =
            if prefer_first { request.prefer(preferred).range(range) } else { request.range(range).prefer(preferred) };
        let [a, b, c]: [TcpListener; 3] = request.bind().unwrap();
        assert_eq!([a, b, c].map(|it| it.local_addr().unwrap().port()), [9, 1, 2].map(|index| block.port(index)));
    }
}

#[test]
fn that_is_in_use_leads_to_the_range() {
    let block = Block::new();
    let _busy = [block.listener(9), block.listener(1)];
    let request = PortRequest::new().prefer(block.port(9)).range(block.port(1)..=block.port(2));
    let listener: TcpListener = request.bind().unwrap();
    assert_eq!(port_on("127.0.0.1", listener.local_addr()), block.port(2));

    let (first, last, preferred) = (block.port(1), block.port(2), block.port(9));
    assert_error(
        request.bind::<TcpListener>(),
        ErrorKind::NoFreePort,
        &format!(
            "no free port on 127.0.0.1 in {first}..={last}: all 2 are in use; the preferred port {preferred} is in use"
        ),
    );
}

#[test]
fn of_zero_is_refused() {
    let request = PortRequest::new().prefer(0);
    let message = "0 is no port to prefer; leave it out and the kernel chooses";
    assert_error(request.bind::<TcpListener>(), ErrorKind::InvalidRequest, message);
    assert_error(request.bind::<UdpSocket>(), ErrorKind::InvalidRequest, message);
}
