//! Arrays: different ports.

use std::collections::HashSet;
use std::net::{TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, PortRequest};

use crate::support::{Block, assert_error, port_on};

fn ports<const N: usize>(listeners: &[TcpListener; N]) -> [u16; N] {
    listeners.each_ref().map(|listener| port_on("127.0.0.1", listener.local_addr()))
}

#[test]
fn members_have_different_ports() {
    let listeners: [TcpListener; 8] = PortRequest::new().bind().unwrap();
    assert_eq!(HashSet::from(ports(&listeners)).len(), 8);
    let sockets: [UdpSocket; 8] = PortRequest::new().bind().unwrap();
    let found = sockets.each_ref().map(|socket| port_on("127.0.0.1", socket.local_addr()));
    assert_eq!(HashSet::from(found).len(), 8);
}

#[test]
fn none_and_one_are_numbers_too() {
    let []: [TcpListener; 0] = PortRequest::new().bind().unwrap();
    let _: [TcpListener; 1] = PortRequest::new().bind().unwrap();
}

#[test]
fn the_first_member_gets_the_preferred_port() {
    let block = Block::new();
    let listeners: [TcpListener; 3] = PortRequest::new().prefer(block.port(5)).bind().unwrap();
    assert_eq!(listeners[0].local_addr().unwrap().port(), block.port(5));
    assert_eq!(HashSet::from(ports(&listeners)).len(), 3);
}

#[test]
fn members_have_the_lowest_ports_of_a_range() {
    let block = Block::new();
    let _busy = [block.listener(1), block.listener(3)];
    let request = PortRequest::new().range(block.port(1)..=block.port(6));
    let listeners: [TcpListener; 3] = request.bind().unwrap();
    assert_eq!(ports(&listeners), [2, 4, 5].map(|index| block.port(index)));
}

#[test]
fn a_range_that_is_too_small_is_an_error() {
    let block = Block::new();
    let request = PortRequest::new().range(block.port(1)..=block.port(3));
    let message = format!("no free port on 127.0.0.1 in {}..={}: all 3 are in use", block.port(1), block.port(3));
    assert_error(request.bind::<[TcpListener; 4]>(), ErrorKind::NoFreePort, &message);
    // Those that were bound are free again.
    let listeners: [TcpListener; 3] = request.bind().unwrap();
    assert_eq!(ports(&listeners), [1, 2, 3].map(|index| block.port(index)));
}

#[test]
fn of_tuples_share_numbers_in_pairs() {
    let block = Block::new();
    let _udp = UdpSocket::bind(("127.0.0.1", block.port(2))).unwrap();
    let request = PortRequest::new().range(block.port(1)..=block.port(4));
    let pairs: [(TcpListener, UdpSocket); 3] = request.bind().unwrap();
    for ((tcp, udp), index) in pairs.iter().zip([1, 3, 4]) {
        assert_eq!(port_on("127.0.0.1", tcp.local_addr()), block.port(index));
        assert_eq!(port_on("127.0.0.1", udp.local_addr()), block.port(index));
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn of_both_families_have_different_ports() {
    let both: [DualStack<TcpListener>; 3] = PortRequest::new().bind().unwrap();
    let found = both.each_ref().map(|both| port_on("127.0.0.1", both.v4.local_addr()));
    assert_eq!(both.each_ref().map(|both| port_on("::1", both.v6.local_addr())), found);
    assert_eq!(HashSet::from(found).len(), 3);
}
