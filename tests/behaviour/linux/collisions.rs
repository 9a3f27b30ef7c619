//! Tuples whose number is free for one member and not for another, where the kernel chooses. In a namespace with few
//! ports, so that it happens.

use std::net::{TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, FromFreePort, PortRequest};

use crate::support::Child;
use crate::support::child::open_descriptors;
use crate::support::namespace::set_ephemeral_ports;

/// The only number that is free for all.
const FREE: u16 = 40_013;

fn twenty_ports() {
    set_ephemeral_ports(40_000, 40_019);
}

/// Binds all numbers but the free one.
fn occupy<T>(bind: impl Fn(u16) -> std::io::Result<T>) -> Vec<T> {
    (40_000..=40_019).filter(|&port| port != FREE).map(|port| bind(port).unwrap()).collect()
}

/// Binds ten times in a row, since what the kernel chooses first is chance.
fn always_finds<T: FromFreePort>(sockets: usize, port_of: impl Fn(&T) -> u16) {
    for _ in 0..10 {
        let before = open_descriptors();
        let members: T = PortRequest::new().bind().expect("one number is free for all");
        assert_eq!(port_of(&members), FREE);
        assert_eq!(open_descriptors(), before + sockets, "losers are closed in the end");
    }
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn with_udp_are_survived() {
    Child::in_namespace().run(|| {
        twenty_ports();
        let _busy = occupy(|port| UdpSocket::bind(("127.0.0.1", port)));
        always_finds::<(TcpListener, UdpSocket)>(2, |(tcp, _)| tcp.local_addr().unwrap().port());
        always_finds::<(UdpSocket, TcpListener)>(2, |(_, tcp)| tcp.local_addr().unwrap().port());
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn with_tcp_are_survived() {
    Child::in_namespace().run(|| {
        twenty_ports();
        let _busy = occupy(|port| TcpListener::bind(("127.0.0.1", port)));
        always_finds::<(UdpSocket, TcpListener)>(2, |(udp, _)| udp.local_addr().unwrap().port());
        always_finds::<(TcpListener, UdpSocket)>(2, |(tcp, _)| tcp.local_addr().unwrap().port());
    });
}

#[cfg_attr(not(all(has_unshare, has_ipv6)), ignore = "no network namespace with IPv6 can be made here")]
#[test]
fn of_both_families_are_survived() {
    Child::in_namespace().run(|| {
        twenty_ports();
        let _busy = occupy(|port| UdpSocket::bind(("::1", port)));
        always_finds::<DualStack<UdpSocket>>(2, |both| both.v4.local_addr().unwrap().port());
        always_finds::<(DualStack<TcpListener>, DualStack<UdpSocket>)>(4, |(tcp, _)| {
            tcp.v6.local_addr().unwrap().port()
        });
        always_finds::<(TcpListener, DualStack<UdpSocket>)>(3, |(tcp, _)| tcp.local_addr().unwrap().port());
        always_finds::<(UdpSocket, DualStack<TcpListener>, (DualStackOnV6,))>(4, |(udp, _, _)| {
            udp.local_addr().unwrap().port()
        });
    });
}

/// A harness that takes UDP on IPv6.
struct DualStackOnV6(#[expect(dead_code, reason = "it is only held")] UdpSocket);

impl FromFreePort for DualStackOnV6 {
    fn from_free_port(request: &PortRequest) -> Result<Self, port_runtime::Error> {
        request.clone().host("::1").bind().map(Self)
    }
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn on_every_port_are_an_error() {
    Child::in_namespace().run(|| {
        twenty_ports();
        let _busy = occupy(|port| UdpSocket::bind(("127.0.0.1", port)));
        let _the_last = UdpSocket::bind(("127.0.0.1", FREE)).unwrap();
        let before = open_descriptors();
        let error = PortRequest::new().bind::<(TcpListener, UdpSocket)>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoFreePort);
        // The numbers that did not do are kept meanwhile, so that the kernel runs out of them.
        assert_eq!(
            error.to_string(),
            "no free port on 127.0.0.1: the system has none to give: Address already in use (os error 98); \
             ask for a `range` outside 40000..=40019"
        );
        assert_eq!(open_descriptors(), before);
        // All twenty are free for TCP alone: none was kept.
        PortRequest::new().bind::<[TcpListener; 20]>().unwrap();
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn end_after_a_hundred_tries() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_149);
        let _busy: Vec<_> = (40_000..=40_149).map(|port| UdpSocket::bind(("127.0.0.1", port)).unwrap()).collect();
        let before = open_descriptors();
        let error = PortRequest::new().bind::<(TcpListener, UdpSocket)>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoFreePort);
        assert_eq!(
            error.to_string(),
            "no free port on 127.0.0.1: 100 that the system chose were in use for one of the sockets \
             that share the port"
        );
        assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::AddrInUse);
        assert_eq!(open_descriptors(), before);
    });
}

/// One that is on every address, beside one that is on the loopback.
#[derive(Debug)]
struct Everywhere<T>(T);

impl<T: FromFreePort> FromFreePort for Everywhere<T> {
    fn from_free_port(request: &PortRequest) -> Result<Self, port_runtime::Error> {
        request.clone().host("0.0.0.0").bind().map(Self)
    }
}

/// On 127.0.0.1, as IPv6 writes it.
#[derive(Debug)]
struct Mapped;

impl FromFreePort for Mapped {
    fn from_free_port(request: &PortRequest) -> Result<Self, port_runtime::Error> {
        request.clone().host("::ffff:127.0.0.1").bind::<TcpListener>().map(|_| Self)
    }
}

/// No number would do, so none is tried.
#[test]
fn of_the_members_with_each_other_are_told() {
    for error in [
        PortRequest::new().bind::<(TcpListener, Everywhere<TcpListener>)>().unwrap_err(),
        PortRequest::new().bind::<(Everywhere<TcpListener>, TcpListener)>().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(error.to_string().contains("cannot share one port"), "{error}");
    }
    if cfg!(has_ipv6) {
        let error = PortRequest::new().bind::<(TcpListener, Mapped)>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
    PortRequest::new().bind::<(TcpListener, Everywhere<UdpSocket>)>().unwrap();
}

/// The number that a hold keeps for both families is known from when it is held, and somebody may name it.
#[cfg_attr(not(all(has_strace, has_ipv6)), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn under_a_hold_are_survived() {
    use crate::support::trace::{Traced, watch};

    // Hold and look at the loopback, then the two members: one of them is refused, and another number chosen.
    for refused in [3, 4] {
        let calls = Traced::injecting(&format!("bind:error=EADDRINUSE:when={refused}")).run(|| {
            let both = watch(|| PortRequest::new().bind::<DualStack<TcpListener>>().unwrap());
            assert_eq!(both.v4.local_addr().unwrap().port(), both.v6.local_addr().unwrap().port());
        });
        if let Some(calls) = calls {
            assert!(calls.iter().any(|call| call.contains("INJECTED")), "{calls:#?}");
        }
    }
}
