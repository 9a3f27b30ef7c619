//! Every failure leaves as many descriptors open as there were before it.

use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use async_io::Async;
use port_runtime::{DualStack, ErrorKind, PortRequest};
use tokio::runtime::Builder;

use crate::support::child::{fails, open_descriptors};
use crate::support::{Block, Child};

/// Not a name, so nobody is asked over the network.
const NO_NAME: &str = "two words";

fn fails_for_all(request: &PortRequest, kind: ErrorKind) {
    fails::<TcpListener>(request, kind);
    fails::<UdpSocket>(request, kind);
    fails::<mio::net::TcpListener>(request, kind);
    fails::<Async<TcpListener>>(request, kind);
    fails::<Async<UdpSocket>>(request, kind);
    fails::<(TcpListener, UdpSocket)>(request, kind);
    fails::<(UdpSocket, Async<TcpListener>)>(request, kind);
    fails::<[TcpListener; 3]>(request, kind);
    fails::<[(TcpListener, UdpSocket); 2]>(request, kind);
}

fn warm_up() {
    PortRequest::new().bind::<Async<TcpListener>>().unwrap();
    let _ = PortRequest::new().host(NO_NAME).bind::<TcpListener>();
}

#[test]
fn of_a_full_range() {
    Child::new().run(|| {
        warm_up();
        let block = Block::new();
        let _busy = [1, 2, 3, 9].map(|index| block.listener(index));
        let _udp = [1, 2, 3, 9].map(|index| UdpSocket::bind(("127.0.0.1", block.port(index))).unwrap());
        let full = PortRequest::new().range(block.port(1)..=block.port(3));
        fails_for_all(&full, ErrorKind::NoFreePort);
        fails_for_all(&full.prefer(block.port(9)), ErrorKind::NoFreePort);
        // One number is left, which is too few, or free for one of two only.
        let one = PortRequest::new().range(block.port(1)..=block.port(4));
        fails::<[TcpListener; 2]>(&one, ErrorKind::NoFreePort);
        let _tcp = block.listener(4);
        fails::<(UdpSocket, TcpListener)>(&one, ErrorKind::NoFreePort);
        if cfg!(has_ipv6) {
            fails::<DualStack<TcpListener>>(&one, ErrorKind::NoFreePort);
            fails::<(DualStack<UdpSocket>, TcpListener)>(&one, ErrorKind::NoFreePort);
        }
    });
}

#[test]
fn of_hosts() {
    Child::new().run(|| {
        warm_up();
        fails_for_all(&PortRequest::new().host("203.0.113.1"), ErrorKind::AddrNotAvailable);
        fails_for_all(&PortRequest::new().host("203.0.113.1").prefer(8080), ErrorKind::AddrNotAvailable);
        fails_for_all(&PortRequest::new().host("203.0.113.1").range(8000..9000), ErrorKind::AddrNotAvailable);
        fails_for_all(&PortRequest::new().host(NO_NAME), ErrorKind::HostNotFound);
        fails::<DualStack<TcpListener>>(&PortRequest::new().host("203.0.113.1"), ErrorKind::InvalidRequest);
    });
}

#[test]
fn of_requests_that_make_no_sense() {
    Child::new().run(|| {
        warm_up();
        let request = PortRequest::new();
        fails_for_all(&request.clone().range(8000..8000), ErrorKind::InvalidRequest);
        fails_for_all(&request.clone().prefer(0), ErrorKind::InvalidRequest);
        fails::<TcpListener>(&request.clone().timeout(Duration::ZERO), ErrorKind::InvalidRequest);
        fails::<(TcpListener, TcpListener)>(&request, ErrorKind::InvalidRequest);
        let limited = request.timeout(Duration::from_secs(1));
        fails::<mio::net::UdpSocket>(&limited, ErrorKind::Unsupported);
        fails::<(TcpListener, Async<UdpSocket>)>(&limited, ErrorKind::Unsupported);
        fails::<[Async<TcpListener>; 2]>(&limited, ErrorKind::Unsupported);
    });
}

#[test]
fn of_missing_runtimes() {
    Child::new().run(|| {
        let request = PortRequest::new();
        let fail = || {
            fails::<tokio::net::TcpListener>(&request, ErrorKind::NoRuntime);
            fails::<tokio::net::UdpSocket>(&request, ErrorKind::NoRuntime);
            fails::<(TcpListener, tokio::net::UdpSocket)>(&request, ErrorKind::NoRuntime);
            fails::<[tokio::net::TcpListener; 2]>(&request, ErrorKind::NoRuntime);
        };
        fail();
        let without_io = Builder::new_current_thread().build().unwrap();
        let inside = without_io.enter();
        fail();
        drop(inside);
        let gone = Builder::new_multi_thread().enable_all().build().unwrap();
        let handle = gone.handle().clone();
        drop(gone);
        let _inside = handle.enter();
        fail();
    });
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn of_missing_permission() {
    Child::unprivileged().run(|| {
        warm_up();
        fails_for_all(&PortRequest::new().range(600..700).prefer(80), ErrorKind::PermissionDenied);
        fails::<DualStack<UdpSocket>>(&PortRequest::new().range(600..700), ErrorKind::PermissionDenied);
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn of_missing_ipv6() {
    Child::in_namespace().run(|| {
        crate::support::namespace::switch_ipv6_off();
        warm_up();
        fails_for_all(&PortRequest::new().host("::1"), ErrorKind::Ipv6Unavailable);
        fails::<DualStack<TcpListener>>(&PortRequest::new(), ErrorKind::Ipv6Unavailable);
        fails::<DualStack<UdpSocket>>(&PortRequest::new(), ErrorKind::Ipv6Unavailable);
        fails::<DualStack<TcpListener>>(&PortRequest::new().range(8000..9000), ErrorKind::Ipv6Unavailable);
    });
}

#[test]
fn of_nothing_at_all() {
    Child::new().run(|| {
        warm_up();
        let before = open_descriptors();
        for _ in 0..10 {
            drop(PortRequest::new().bind::<(TcpListener, UdpSocket)>().unwrap());
            drop(PortRequest::new().bind::<[Async<TcpListener>; 3]>().unwrap());
        }
        assert_eq!(open_descriptors(), before);
    });
}
