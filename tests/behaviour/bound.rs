//! `addr`, `port` and `url` of everything that is bound.

use std::fmt::Debug;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};

use async_io::Async;
use port_runtime::{Bound, ClientSocket, DualStack, FromFreePort, PortRequest};

use crate::support::port_on;

/// Against what the socket itself says.
#[track_caller]
fn agrees<T: Bound + FromFreePort + Debug>(local_addr: impl Fn(&T) -> std::io::Result<SocketAddr>) {
    let socket: T = PortRequest::new().bind().unwrap();
    let port = port_on("127.0.0.1", local_addr(&socket));
    assert_eq!(socket.addr(), local_addr(&socket).unwrap());
    assert_eq!(socket.port(), port);
    assert_eq!(socket.url("http"), format!("http://127.0.0.1:{port}"));
}

#[tokio::test]
async fn every_socket_tells_where_it_is() {
    agrees(TcpListener::local_addr);
    agrees(UdpSocket::local_addr);
    agrees(ClientSocket::local_addr);
    agrees(tokio::net::TcpListener::local_addr);
    agrees(tokio::net::TcpSocket::local_addr);
    agrees(tokio::net::UdpSocket::local_addr);
    agrees(mio::net::TcpListener::local_addr);
    agrees(mio::net::UdpSocket::local_addr);
    agrees(|socket: &Async<TcpListener>| socket.get_ref().local_addr());
    agrees(|socket: &Async<UdpSocket>| socket.get_ref().local_addr());
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn two_sockets_on_one_number_have_one_port() {
    let both: DualStack<TcpListener> = PortRequest::new().bind().unwrap();
    assert_eq!(both.addr(), both.v4.local_addr().unwrap());
    assert_eq!((both.port(), both.port()), (both.v4.port(), both.v6.port()));
    assert_eq!(both.v6.url("http"), format!("http://[::1]:{}", both.port()));
}

#[test]
fn a_url_can_be_opened_wherever_it_is_bound() {
    let hosts: &[&str] =
        if cfg!(has_ipv6) { &["127.0.0.1", "0.0.0.0", "::1", "::"] } else { &["127.0.0.1", "0.0.0.0"] };
    for host in hosts {
        let listener: TcpListener = PortRequest::new().host(*host).bind().unwrap();
        let url = listener.url("http");
        let opened: SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
        TcpStream::connect(opened).unwrap_or_else(|error| panic!("{url} of {host}: {error}"));
        assert!(opened.ip().is_loopback());
    }
}
