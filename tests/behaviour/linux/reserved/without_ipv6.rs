//! A machine without IPv6: the number is held on IPv4 then.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};

use port_runtime::{DualStack, ErrorKind, PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::PLENTY;
use test_support::seccomp::refuse_family;

use super::{ANY, LOOPBACK, assert_in_use, bind};
use crate::support::child::open_descriptors;
use crate::support::namespace::{set_ephemeral_ports, switch_ipv6_off};
use crate::support::sockets::plain;
use crate::support::{Child, port_on};

fn refuse_ipv6() {
    refuse_family(libc::AF_INET6);
    let error = Socket::new(Domain::IPV6, Type::STREAM, None).expect_err("IPv6 is refused");
    assert_eq!(error.raw_os_error(), Some(libc::EAFNOSUPPORT));
}

fn holds_on_ipv4() {
    let before = open_descriptors();
    let reserved: ReservedPort = PortRequest::new().bind().unwrap();
    for host in [LOOPBACK, ANY, Ipv4Addr::new(127, 1, 2, 3).into()] {
        assert_in_use(plain(Type::STREAM, (host, reserved.port())));
        let listener = TcpListener::bind((host, reserved.port())).unwrap();
        drop(listener);
    }
    let error = TcpStream::connect(reserved.addr()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    let listener = reserved.listen().unwrap();
    reserved.wait_until_listening(PLENTY).unwrap();
    assert_eq!(reserved.listen().unwrap_err().kind(), ErrorKind::PortInUse);
    drop((listener, reserved));

    let reserved: ReservedPort = PortRequest::new().range(20_000..=29_999).bind().unwrap();
    let (pair, udp): (ReservedPort, UdpSocket) = PortRequest::new().range(20_000..=29_999).bind().unwrap();
    assert!(pair.port() > reserved.port());
    let three: [ReservedPort; 3] = PortRequest::new().host("localhost").bind().unwrap();
    port_on("127.0.0.1", three[2].listen().unwrap().local_addr());
    assert_eq!(port_on("127.0.0.1", udp.local_addr()), pair.port());
    drop((reserved, pair, udp, three));
    assert_eq!(open_descriptors(), before);
}

fn ipv6_is_an_error() {
    let before = open_descriptors();
    for request in [PortRequest::new().host("::1"), PortRequest::new().host("::1").range(20_000..=20_009)] {
        let error = request.bind::<ReservedPort>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ipv6Unavailable, "{error}");
        assert!(error.to_string().ends_with("; this machine has no IPv6"), "{error}");
    }
    PortRequest::new().bind::<DualStack<ReservedPort>>().unwrap_err();
    assert_eq!(open_descriptors(), before);
}

#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn that_knows_nothing_of_it() {
    Child::new().prepared_by(refuse_ipv6).run(|| {
        // Once, for what resolving a name opens for good.
        let _ = PortRequest::new().host("localhost").bind::<ReservedPort>();
        holds_on_ipv4();
        ipv6_is_an_error();
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn that_has_it_switched_off() {
    Child::in_namespace().run(|| {
        switch_ipv6_off();
        let _ = PortRequest::new().host("localhost").bind::<ReservedPort>();
        holds_on_ipv4();
        ipv6_is_an_error();
    });
}

#[cfg_attr(not(all(has_unshare, has_seccomp)), ignore = "needs a network namespace and seccomp filters")]
#[test]
fn nobody_is_given_the_number_there_either() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_009);
        refuse_ipv6();
        for host in [LOOPBACK, ANY] {
            for reuse_address in [false, true] {
                let reserved: ReservedPort = PortRequest::new().bind().unwrap();
                let others: Vec<_> = (0..20).map_while(|_| bind((host, 0), reuse_address).ok()).collect();
                assert_eq!(others.len(), 9);
                drop(reserved);
                bind((host, 0), reuse_address).expect("one is free again");
            }
        }
    });
}
