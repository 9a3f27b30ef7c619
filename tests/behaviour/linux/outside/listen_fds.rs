//! `LISTEN_FDS`: every type gets the socket that was passed, by order or by name, set up as it needs.

use std::future::{Future, poll_fn};
use std::io::ErrorKind::WouldBlock;
use std::net::{Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsFd;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use async_io::Async;
use port_runtime::{ErrorKind, PortRequest};
use socket2::SockRef;
use tokio::runtime::Builder;

use super::{inherit, inherit_named, tcp, udp};
use crate::support::given::given_address;
use crate::support::sockets::connect;
use crate::support::{Child, assert_error};

#[track_caller]
fn assert_given(index: usize, socket: &impl AsFd) {
    let address = SockRef::from(socket).local_addr().unwrap().as_socket();
    assert_eq!(address, Some(given_address(index)));
}

fn is_nonblocking(socket: &impl AsFd) -> bool {
    SockRef::from(socket).nonblocking().unwrap()
}

/// Whether a future has to wait. A blocking socket would hang here.
async fn waits<T>(future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[test]
fn are_taken_in_order() {
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(udp()).descriptor(tcp())).run(|| {
        let first: TcpListener = inherit().unwrap();
        let second: UdpSocket = inherit().unwrap();
        let third: TcpListener = inherit().unwrap();
        assert_given(0, &first);
        assert_given(1, &second);
        assert_given(2, &third);
        let client = connect(given_address(2));
        assert_eq!(third.accept().unwrap().1, client.local_addr().unwrap());
        let none_left = "one more socket is wanted than the 3 that were passed; see sd_listen_fds(3), or unset \
                         LISTEN_FDS to do without passed sockets";
        assert_error(inherit::<TcpListener>(), ErrorKind::InheritedSocket, none_left);
        // A dropped one does not come back, though its number may be in use again.
        drop(first);
        let _in_its_place = tcp();
        assert_error(inherit::<TcpListener>(), ErrorKind::InheritedSocket, none_left);
    });
}

#[test]
fn are_taken_by_name() {
    let sockets = || [tcp(), tcp(), tcp(), tcp()];
    Child::service().given(|it| _ = it.descriptors(sockets()).variable("LISTEN_FDNAMES", "http:admin:http:")).run(
        || {
            let advice = "see sd_listen_fds(3), or unset LISTEN_FDS to do without passed sockets";
            assert_error(
                inherit_named::<TcpListener>("grpc"),
                ErrorKind::InheritedSocket,
                &format!("no socket named `grpc` was passed; there are `http`, `admin`, `http`, ``; {advice}"),
            );
            let admin: TcpListener = inherit_named("admin").unwrap();
            assert_given(1, &admin);
            assert_error(
                inherit_named::<TcpListener>("admin"),
                ErrorKind::InheritedSocket,
                &format!("all passed sockets named `admin` are taken already; {advice}"),
            );
            // Two of one name come in order, also between unnamed requests.
            let http: TcpListener = inherit_named("http").unwrap();
            assert_given(0, &http);
            let next: TcpListener = inherit().unwrap();
            assert_given(2, &next);
            let unnamed: TcpListener = inherit_named("").unwrap();
            assert_given(3, &unnamed);
        },
    );
}

#[test]
fn without_names_are_not_found_by_name() {
    Child::service().given(|it| _ = it.descriptor(tcp())).run(|| {
        let error = inherit_named::<TcpListener>("http").unwrap_err();
        assert!(
            error.to_string().starts_with("no socket named `http` was passed; there are 1 without names;"),
            "{error}"
        );
        assert_given(0, &inherit::<TcpListener>().unwrap());
    });
}

#[test]
fn of_std_block() {
    let sockets = |it: &mut crate::support::given::Given| {
        let (listener, socket) = (tcp(), udp());
        listener.set_nonblocking(true).unwrap();
        socket.set_nonblocking(true).unwrap();
        it.descriptor(listener).descriptor(socket);
    };
    Child::service().given(sockets).run(|| {
        let (listener, socket) = (inherit::<TcpListener>().unwrap(), inherit::<UdpSocket>().unwrap());
        assert_given(0, &listener);
        assert_given(1, &socket);
        assert!(!is_nonblocking(&listener));
        assert!(!is_nonblocking(&socket));
    });
}

#[test]
fn of_std_take_a_timeout() {
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(udp())).run(|| {
        let request = PortRequest::new().inherit().timeout(Duration::from_millis(1));
        let listener: TcpListener = request.bind().unwrap();
        assert_given(0, &listener);
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
        let socket: UdpSocket = request.bind().unwrap();
        assert_eq!(socket.recv(&mut [0]).unwrap_err().kind(), WouldBlock);
    });
}

#[test]
fn of_tokio_work() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()]).descriptor(udp())).run(|| {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener: tokio::net::TcpListener = inherit().unwrap();
            let awaited: tokio::net::TcpListener = PortRequest::new().inherit().bind_async().await.unwrap();
            let socket: tokio::net::UdpSocket = inherit().unwrap();
            assert!(is_nonblocking(&listener) && is_nonblocking(&awaited) && is_nonblocking(&socket));
            assert_given(1, &awaited);
            assert!(waits(listener.accept()).await);
            let client = connect(given_address(0));
            assert_eq!(listener.accept().await.unwrap().1, client.local_addr().unwrap());
            let mut buffer = [0; 16];
            assert!(waits(socket.recv(&mut buffer)).await);
            udp().send_to(b"hello", given_address(2)).unwrap();
            assert_eq!(socket.recv(&mut buffer).await.unwrap(), 5);
        });
    });
}

#[test]
fn of_tokio_stay_where_there_is_no_runtime() {
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(udp())).run(|| {
        assert_eq!(inherit::<tokio::net::TcpListener>().unwrap_err().kind(), ErrorKind::NoRuntime);
        assert_given(0, &inherit::<TcpListener>().unwrap());
        assert_eq!(inherit::<tokio::net::UdpSocket>().unwrap_err().kind(), ErrorKind::NoRuntime);
        assert_given(1, &inherit::<UdpSocket>().unwrap());
    });
}

#[test]
fn of_async_io_work() {
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(udp())).run(|| {
        let listener: Async<TcpListener> = inherit().unwrap();
        let socket: Async<UdpSocket> = inherit().unwrap();
        assert!(is_nonblocking(&listener) && is_nonblocking(&socket));
        async_io::block_on(async {
            assert!(waits(listener.accept()).await);
            let client = connect(given_address(0));
            assert_eq!(listener.accept().await.unwrap().1, client.local_addr().unwrap());
            udp().send_to(b"hello", given_address(1)).unwrap();
            assert_eq!(socket.recv(&mut [0; 16]).await.unwrap(), 5);
        });
    });
}

#[test]
fn of_mio_work() {
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(udp())).run(|| {
        let listener: mio::net::TcpListener = inherit().unwrap();
        let socket: mio::net::UdpSocket = inherit().unwrap();
        assert_given(0, &listener);
        assert_given(1, &socket);
        assert!(is_nonblocking(&listener) && is_nonblocking(&socket));
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
        assert_eq!(socket.recv(&mut [0]).unwrap_err().kind(), WouldBlock);
    });
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn of_ipv6_are_taken_whatever_the_host() {
    Child::service().given(|it| _ = it.descriptors([(); 2].map(|()| TcpListener::bind("[::1]:0").unwrap()))).run(
        || {
            let listener: TcpListener = inherit().unwrap();
            assert_given(0, &listener);
            assert_eq!(listener.local_addr().unwrap().ip(), Ipv6Addr::LOCALHOST);
            // Address and port are the service manager's business.
            let request = PortRequest::new().inherit().host("203.0.113.1").prefer(1).range(1..=1);
            assert_given(1, &request.bind::<TcpListener>().unwrap());
        },
    );
}

#[test]
fn are_the_very_sockets() {
    let waiting = |it: &mut crate::support::given::Given| {
        let listener = tcp();
        let client = connect(listener.local_addr().unwrap());
        it.variable("CLIENT", client.local_addr().unwrap().to_string()).descriptor(listener);
    };
    Child::service().given(waiting).run(|| {
        // It waits since before the process was there.
        let expected: SocketAddr = std::env::var("CLIENT").unwrap().parse().unwrap();
        assert_eq!(inherit::<TcpListener>().unwrap().accept().unwrap().1, expected);
    });
}
