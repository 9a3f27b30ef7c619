//! Passed sockets in tuples, arrays and `DualStack`.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, PortRequest};
use socket2::{Domain, Socket, Type};

use super::{inherit, tcp, udp};
use crate::support::given::{Given, given_address};
use crate::support::{Block, Child, assert_error};

const ADVICE: &str = "see sd_listen_fds(3), or unset LISTEN_FDS to do without passed sockets";

fn addresses(sockets: &[TcpListener]) -> Vec<SocketAddr> {
    sockets.iter().map(|socket| socket.local_addr().unwrap()).collect()
}

/// On one port, as `ListenStream=` and `ListenDatagram=` of one unit.
fn tcp_and_udp(it: &mut Given) {
    let block = Block::for_processes();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    it.descriptor(block.listener(1)).descriptor(socket);
}

fn on_ipv6(address: Ipv6Addr, port: u16) -> TcpListener {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
    socket.set_only_v6(true).unwrap();
    socket.bind(&SocketAddr::from((address, port)).into()).unwrap();
    socket.listen(1).unwrap();
    socket.into()
}

fn both_families(it: &mut Given) {
    let block = Block::for_processes();
    it.descriptor(block.listener(1)).descriptor(on_ipv6(Ipv6Addr::LOCALHOST, block.port(1)));
}

#[test]
fn a_tuple_takes_the_next_of_one_port() {
    Child::service().given(tcp_and_udp).run(|| {
        let (listener, socket): (TcpListener, UdpSocket) = inherit().unwrap();
        assert_eq!(listener.local_addr().unwrap(), given_address(0));
        assert_eq!(socket.local_addr().unwrap(), given_address(1));
        assert_eq!(inherit::<(TcpListener, UdpSocket)>().unwrap_err().kind(), ErrorKind::InheritedSocket);
    });
}

#[test]
fn a_tuple_is_asked_for_in_order() {
    Child::service().given(tcp_and_udp).run(|| {
        let message = format!("descriptor 3 is a TCP socket, where a UDP socket is wanted; {ADVICE}");
        assert_error(inherit::<(UdpSocket, TcpListener)>(), ErrorKind::InheritedSocket, &message);
        // Nothing was taken.
        let (listener, _socket): (TcpListener, UdpSocket) = inherit().unwrap();
        assert_eq!(listener.local_addr().unwrap(), given_address(0));
    });
}

#[test]
fn a_tuple_has_to_share_a_port() {
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(udp())).run(|| {
        let (first, second) = (given_address(0).port(), given_address(1));
        let message = format!("descriptor 4 is on {second}, and port {first} of the one before is wanted; {ADVICE}");
        assert_error(inherit::<(TcpListener, UdpSocket)>(), ErrorKind::InheritedSocket, &message);
        // Nothing was taken, not even the one that fitted.
        assert_eq!(inherit::<TcpListener>().unwrap().local_addr().unwrap(), given_address(0));
        assert_eq!(inherit::<UdpSocket>().unwrap().local_addr().unwrap(), second);
    });
}

/// Whatever was asked for if none had been passed.
#[test]
fn a_tuple_is_taken_whatever_the_host() {
    Child::service().given(tcp_and_udp).run(|| {
        let request = PortRequest::new().inherit().host("127.0.0.1:no host").prefer(1);
        let (listener, _): (TcpListener, UdpSocket) = request.bind().unwrap();
        assert_eq!(listener.local_addr().unwrap(), given_address(0));
    });
}

#[test]
fn an_array_takes_as_many_in_order() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp(), tcp()])).run(|| {
        let two: [TcpListener; 2] = inherit().unwrap();
        assert_eq!(addresses(&two), [given_address(0), given_address(1)]);
        let one: [TcpListener; 1] = inherit().unwrap();
        assert_eq!(addresses(&one), [given_address(2)]);
        let none: [TcpListener; 0] = inherit().unwrap();
        assert_eq!(addresses(&none), []);
    });
}

#[test]
fn an_array_of_more_is_an_error() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()])).run(|| {
        let message = format!("one more socket is wanted than the 2 that were passed; {ADVICE}");
        assert_error(inherit::<[TcpListener; 3]>(), ErrorKind::InheritedSocket, &message);
    });
}

#[test]
fn an_array_takes_all_of_one_name() {
    let given = |it: &mut Given| _ = it.descriptors([tcp(), tcp(), tcp()]).variable("LISTEN_FDNAMES", "a:b:a");
    Child::service().given(given).run(|| {
        let both: [TcpListener; 2] = PortRequest::new().inherit_named("a").bind().unwrap();
        assert_eq!(addresses(&both), [given_address(0), given_address(2)]);
    });
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_dual_stack_takes_one_of_each_family() {
    Child::service().given(both_families).run(|| {
        let DualStack { v4, v6 }: DualStack<TcpListener> = inherit().unwrap();
        assert_eq!(addresses(&[v4, v6]), [given_address(0), given_address(1)]);
    });
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_dual_stack_refuses_the_other_family() {
    let reversed = |it: &mut Given| {
        let block = Block::for_processes();
        it.descriptor(on_ipv6(Ipv6Addr::LOCALHOST, block.port(1))).descriptor(block.listener(1));
    };
    Child::service().given(reversed).run(|| {
        let first = given_address(0);
        let message = format!("descriptor 3 is on {first}, where the other address family is wanted; {ADVICE}");
        assert_error(inherit::<DualStack<TcpListener>>(), ErrorKind::InheritedSocket, &message);
        let both: [TcpListener; 2] = inherit().unwrap();
        assert_eq!(addresses(&both), [first, given_address(1)]);
    });
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_tuple_of_dual_stacks_takes_four() {
    let four = |it: &mut Given| {
        let block = Block::for_processes();
        let port = block.port(1);
        it.descriptor(block.listener(1)).descriptor(on_ipv6(Ipv6Addr::LOCALHOST, port));
        it.descriptor(UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap());
        it.descriptor(UdpSocket::bind((Ipv6Addr::LOCALHOST, port)).unwrap());
    };
    Child::service().given(four).run(|| {
        let (stream, datagram): (DualStack<TcpListener>, DualStack<UdpSocket>) = inherit().unwrap();
        assert_eq!(addresses(&[stream.v4, stream.v6]), [given_address(0), given_address(1)]);
        assert_eq!(datagram.v4.local_addr().unwrap(), given_address(2));
        assert_eq!(datagram.v6.local_addr().unwrap(), given_address(3));
    });
}
