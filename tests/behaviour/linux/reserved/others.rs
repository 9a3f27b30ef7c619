//! Other programs that name the number.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use port_runtime::{PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::forks;

use super::{ANY, ANY_6, HOSTS, LOOPBACK, assert_in_use, bind, leave_in_time_wait, reserve};
use crate::support::Block;
use crate::support::other_process::OtherProcess;
use crate::support::sockets::plain;

/// What a program does that sets `SO_REUSEPORT`, and nothing else.
fn reusing_the_port(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(1)?;
    Ok(socket)
}

fn every_address(port: u16) -> impl Iterator<Item = SocketAddr> {
    let elsewhere = Ipv4Addr::new(127, 1, 2, 3).into();
    HOSTS.iter().copied().chain([elsewhere]).map(move |host| (host, port).into())
}

#[test]
fn a_plain_bind_fails_on_every_address() {
    let _no_forks = forks::none();
    let reserved = reserve();
    for address in every_address(reserved.port()) {
        assert_in_use(plain(Type::STREAM, address));
        assert_in_use(bind(address, false));
        let listener = TcpListener::bind(address).expect("std sets SO_REUSEADDR");
        assert_in_use(plain(Type::STREAM, address));
        assert_in_use(bind(address, false));
        assert_in_use(TcpListener::bind(address));
        drop(listener);
        assert_in_use(plain(Type::STREAM, address));
    }
}

#[test]
fn binders_with_so_reuseport_alone_are_refused() {
    let reserved = reserve();
    let port = reserved.port();
    for address in every_address(port) {
        assert_in_use(reusing_the_port(address));
    }
}

#[test]
fn after_a_release_they_are_not() {
    let block = Block::new();
    for address in every_address(block.port(1)) {
        let reserved: ReservedPort = PortRequest::new().range(block.port(1)..=block.port(1)).bind().unwrap();
        assert_in_use(reusing_the_port(address));
        assert_eq!(reserved.release(), block.port(1));
        reusing_the_port(address).expect("nobody has it now");
        plain(Type::STREAM, address).expect("nobody has it now");
    }
}

#[test]
fn a_udp_socket_may_have_the_number() {
    let reserved = reserve();
    for _ in 0..2 {
        let _udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, reserved.port())).unwrap();
    }
}

#[test]
fn a_range_scan_of_another_process_passes_over_it() {
    let mut other = OtherProcess::new(|port| {
        let range = PortRequest::new().range(port..=port + 2);
        let listener: TcpListener = range.bind().unwrap();
        let reserved: ReservedPort = range.bind().unwrap();
        format!("{} {}", listener.local_addr().unwrap().port(), reserved.port())
    });
    let block = Block::new();
    let reserved: ReservedPort = PortRequest::new().range(block.port(1)..=block.port(3)).bind().unwrap();
    assert_eq!(reserved.port(), block.port(1));
    assert_eq!(other.ask(block.port(1)), format!("{} {}", block.port(2), block.port(3)));
    drop(reserved);
    assert_eq!(other.ask(block.port(1)), format!("{} {}", block.port(1), block.port(2)));
}

#[test]
fn a_preference_of_another_process_does_not_steal_it() {
    let mut other = OtherProcess::new(|port| {
        let preferring = PortRequest::new().prefer(port);
        let listener: TcpListener = preferring.bind().unwrap();
        let got_it = listener.local_addr().unwrap().port() == port;
        drop(listener);
        let reserved: ReservedPort = preferring.bind().unwrap();
        format!("{got_it} {}", reserved.port() == port)
    });
    let block = Block::new();
    let reserved: ReservedPort = PortRequest::new().prefer(block.port(1)).bind().unwrap();
    assert_eq!(reserved.port(), block.port(1));
    assert_eq!(other.ask(block.port(1)), "false false");
    // Also with what a listener has left behind.
    leave_in_time_wait(reserved.listen().unwrap());
    assert_eq!(other.ask(block.port(1)), "false false");
    drop(reserved);
    assert_eq!(other.ask(block.port(2)), "true true");
}

/// `SO_REUSEADDR` lets the server in that the number is for, and so everybody who names it, as the documentation says.
#[test]
fn nothing_is_promised_against_those_who_name_it_with_so_reuseaddr() {
    let reserved = reserve();
    let _mistaken = TcpListener::bind((LOOPBACK, reserved.port())).unwrap();
    let _another = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), reserved.port())).unwrap();
    assert_in_use(TcpListener::bind((ANY, reserved.port())));
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn both_families_can_have_a_server_of_their_own() {
    let reserved = reserve();
    let _v4 = TcpListener::bind((ANY, reserved.port())).unwrap();
    let v6 = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
    v6.set_only_v6(true).unwrap();
    v6.set_reuse_address(true).unwrap();
    v6.bind(&SocketAddr::from((ANY_6, reserved.port())).into()).unwrap();
    v6.listen(1).unwrap();
}
