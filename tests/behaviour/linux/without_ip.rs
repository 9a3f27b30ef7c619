//! Machines that lack one of the two families, made with network namespaces and system call filters.

use std::io;
use std::net::{TcpListener, UdpSocket};

use port_runtime::{DualStack, Error, ErrorKind, PortRequest};
use test_support::seccomp::refuse_family;

use crate::support::namespace::{remove_ipv4_loopback, switch_ipv6_off};
use crate::support::{Block, Child, port_on};

#[track_caller]
fn assert_no_ipv6<T>(result: Result<T, Error>, host: &str) {
    let error = result.err().expect("there is no IPv6 here");
    assert_eq!(error.kind(), ErrorKind::Ipv6Unavailable, "{error}");
    let message = error.to_string();
    assert!(message.starts_with(&format!("cannot bind {host}: ")), "{message}");
    assert!(message.ends_with("; this machine has no IPv6"), "{message}");
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn ipv6_that_is_switched_off_is_an_error_of_its_own() {
    Child::in_namespace().run(|| {
        switch_ipv6_off();
        let request = PortRequest::new().host("::1");
        assert_no_ipv6(request.bind::<TcpListener>(), "::1");
        assert_no_ipv6(request.bind::<UdpSocket>(), "::1");
        assert_no_ipv6(request.bind::<(TcpListener, UdpSocket)>(), "::1");
        assert_no_ipv6(request.clone().prefer(8080).range(8000..9000).bind::<TcpListener>(), "::1");
        let error = request.bind::<TcpListener>().unwrap_err();
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::AddrNotAvailable);

        let both = PortRequest::new();
        assert_no_ipv6(both.bind::<DualStack<TcpListener>>(), "::1");
        assert_no_ipv6(both.bind::<DualStack<UdpSocket>>(), "::1");
        assert_no_ipv6(both.prefer(8080).bind::<DualStack<TcpListener>>(), "::1");
        // What needs none goes on as before.
        port_on("127.0.0.1", PortRequest::new().bind::<TcpListener>().unwrap().local_addr());
        port_on("127.0.0.1", PortRequest::new().host("localhost").bind::<TcpListener>().unwrap().local_addr());
    });
}

#[cfg_attr(
    not(has_seccomp),
    ignore = "needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn a_system_built_without_ipv6_is_the_same_error() {
    Child::new().run(|| {
        let block = Block::new();
        refuse_family(libc::AF_INET6);
        let request = PortRequest::new().host("::1");
        assert_no_ipv6(request.bind::<TcpListener>(), "::1");
        assert_no_ipv6(request.bind::<UdpSocket>(), "::1");
        assert_no_ipv6(request.clone().prefer(8080).range(8000..9000).bind::<TcpListener>(), "::1");

        let both = PortRequest::new();
        assert_no_ipv6(both.bind::<DualStack<TcpListener>>(), "::1");
        assert_no_ipv6(both.bind::<DualStack<UdpSocket>>(), "::1");
        assert_no_ipv6(both.bind::<(DualStack<UdpSocket>, TcpListener)>(), "::1");
        assert_no_ipv6(both.bind::<[DualStack<TcpListener>; 2]>(), "::1");
        let numbered = both.prefer(block.port(1)).range(block.port(2)..block.port(9));
        assert_no_ipv6(numbered.bind::<DualStack<TcpListener>>(), "::1");

        port_on("127.0.0.1", PortRequest::new().bind::<TcpListener>().unwrap().local_addr());
        port_on("127.0.0.1", PortRequest::new().host("localhost").bind::<TcpListener>().unwrap().local_addr());
    });
}

#[cfg_attr(
    not(all(has_ipv6, has_seccomp)),
    ignore = "the machine has no ::1, or needs filters of system calls, which no emulator takes, and the calls of 64 bits"
)]
#[test]
fn a_system_built_without_ipv4_leads_to_ipv6() {
    Child::new().run(|| {
        refuse_family(libc::AF_INET);
        port_on("::1", PortRequest::new().bind::<TcpListener>().unwrap().local_addr());
        let (tcp, udp): (TcpListener, UdpSocket) = PortRequest::new().bind().unwrap();
        assert_eq!(port_on("::1", tcp.local_addr()), port_on("::1", udp.local_addr()));
        let error = PortRequest::new().host("127.0.0.1").bind::<TcpListener>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::System);
    });
}

#[cfg_attr(not(all(has_unshare, has_ipv6)), ignore = "no network namespace with IPv6 can be made here")]
#[test]
fn no_127_0_0_1_leads_to_ipv6() {
    Child::in_namespace().run(|| {
        remove_ipv4_loopback();
        port_on("::1", PortRequest::new().bind::<TcpListener>().unwrap().local_addr());
        port_on("::1", PortRequest::new().bind::<UdpSocket>().unwrap().local_addr());
        let (tcp, udp): (TcpListener, UdpSocket) = PortRequest::new().bind().unwrap();
        assert_eq!(port_on("::1", tcp.local_addr()), port_on("::1", udp.local_addr()));

        let request = PortRequest::new().range(8000..=8000).prefer(8080);
        let listeners: [TcpListener; 2] = request.bind().unwrap();
        assert_eq!(listeners.each_ref().map(|it| port_on("::1", it.local_addr())), [8080, 8000]);
        // Only the default gives way: who names an address means it.
        let error = PortRequest::new().host("127.0.0.1").bind::<TcpListener>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    });
}

#[cfg_attr(not(all(has_unshare, has_ipv6)), ignore = "no network namespace with IPv6 can be made here")]
#[test]
fn no_127_0_0_1_costs_a_tuple_no_number() {
    Child::in_namespace().run(|| {
        remove_ipv4_loopback();
        let (tcp, _udp): (TcpListener, UdpSocket) = PortRequest::new().prefer(8080).bind().unwrap();
        assert_eq!(port_on("::1", tcp.local_addr()), 8080);
        let (tcp, _udp): (TcpListener, UdpSocket) = PortRequest::new().range(8000..=8009).bind().unwrap();
        assert_eq!(port_on("::1", tcp.local_addr()), 8000);
        let (tcp, _udp): (TcpListener, UdpSocket) = PortRequest::new().range(9000..=9000).bind().unwrap();
        assert_eq!(port_on("::1", tcp.local_addr()), 9000);
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn neither_family_names_the_first_address() {
    Child::in_namespace().run(|| {
        remove_ipv4_loopback();
        switch_ipv6_off();
        let error = PortRequest::new().bind::<TcpListener>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
        assert!(error.to_string().starts_with("cannot bind 127.0.0.1: "), "{error}");
    });
}
