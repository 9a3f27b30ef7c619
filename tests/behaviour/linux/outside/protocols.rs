//! Passed sockets that have the type of one that is wanted, and speak another protocol.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use socket2::{Domain, Protocol, Socket, Type};

use super::{tcp, udp};
use crate::support::Child;
use crate::support::asker::{Answer, Asker, assert_refused};

/// Not known to socket2 on every system.
const SCTP: i32 = 132;
const UDP_LITE: i32 = 136;
const ICMP: i32 = 1;
const MPTCP: i32 = 262;

fn bound(kind: Type, protocol: i32) -> Socket {
    let socket = Socket::new(Domain::IPV4, kind, Some(Protocol::from(protocol))).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    socket
}

fn listening(protocol: i32) -> Socket {
    let socket = bound(Type::STREAM, protocol);
    socket.listen(1).unwrap();
    socket
}

/// Passes the socket to somebody who wants this kind.
fn pass(kind: &str, descriptor: impl Into<OwnedFd>) -> Answer {
    Asker::service([kind, "inherit"]).given(|it| _ = it.descriptor(descriptor)).ask()
}

#[track_caller]
fn assert_neither(kind: &str, descriptor: impl Into<OwnedFd>, wanted: &str) {
    let start = format!("InheritedSocket descriptor 3 is neither a TCP nor a UDP socket, and a {wanted} is wanted; ");
    assert_refused(pass(kind, descriptor), &start);
}

#[test]
fn the_two_that_are_wanted_are_taken() {
    for (kind, socket) in [("tcp", OwnedFd::from(tcp())), ("udp", udp().into())] {
        pass(kind, socket).unwrap();
    }
}

/// It speaks TCP with everybody who does not know better.
#[cfg_attr(not(has_mptcp), ignore = "the kernel has no MPTCP")]
#[test]
fn mptcp_is_tcp() {
    let socket = listening(MPTCP);
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    assert_eq!(pass("tcp", socket), Ok(address));
    assert_refused(
        pass("udp", listening(MPTCP)),
        "InheritedSocket descriptor 3 is a TCP socket, where a UDP socket is wanted; ",
    );
}

#[cfg_attr(not(has_sctp), ignore = "the kernel has no SCTP, or has not loaded it")]
#[test]
fn sctp_is_not_tcp() {
    assert_neither("tcp", listening(SCTP), "TCP listener");
    assert_neither("udp", listening(SCTP), "UDP socket");
}

/// Whoever sends UDP does not reach it.
#[cfg_attr(not(has_udp_lite), ignore = "the kernel has no UDP-Lite")]
#[test]
fn udp_lite_is_not_udp() {
    assert_neither("udp", bound(Type::DGRAM, UDP_LITE), "UDP socket");
    assert_neither("tcp", bound(Type::DGRAM, UDP_LITE), "TCP listener");
}

/// Its "port" is the number in an echo request.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn a_socket_for_ping_is_not_udp() {
    Child::in_namespace().run(|| {
        fs::write("/proc/sys/net/ipv4/ping_group_range", "0 0").expect("a namespace of our own");
        assert_neither("udp", bound(Type::DGRAM, ICMP), "UDP socket");
        assert_neither("tcp", bound(Type::DGRAM, ICMP), "TCP listener");
    });
}

/// It hears what every other socket hears. In a namespace of their own all may open one.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn a_raw_socket_is_neither() {
    Child::in_namespace().run(|| {
        for (kind, wanted) in [("tcp", "TCP listener"), ("udp", "UDP socket")] {
            for protocol in [Protocol::TCP, Protocol::UDP] {
                assert_neither(kind, Socket::new(Domain::IPV4, Type::RAW, Some(protocol)).unwrap(), wanted);
            }
        }
    });
}
