//! mio's sockets.

use std::io::ErrorKind::WouldBlock;
use std::net::TcpStream;
use std::time::Duration;

use mio::event::Source;
use mio::net::{TcpListener, UdpSocket};
use mio::{Events, Interest, Poll, Token};
use port_runtime::{ErrorKind, PortRequest};

use crate::support::{assert_error, port_on};

/// Waits until something can be read, and not forever.
fn wait_until_readable(source: &mut impl Source, cause: impl FnOnce()) {
    let mut poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(8);
    poll.registry().register(source, Token(7), Interest::READABLE).unwrap();
    cause();
    poll.poll(&mut events, Some(Duration::from_secs(60))).unwrap();
    let tokens: Vec<_> = events.iter().map(mio::event::Event::token).collect();
    assert_eq!(tokens, [Token(7)]);
}

#[test]
fn listeners_accept() {
    let mut listener: TcpListener = PortRequest::new().bind().unwrap();
    let address = listener.local_addr().unwrap();
    port_on("127.0.0.1", Ok(address));
    #[cfg(unix)]
    assert!(socket2::SockRef::from(&listener).nonblocking().unwrap());
    assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
    let mut client = None;
    wait_until_readable(&mut listener, || client = Some(TcpStream::connect(address).unwrap()));
    let (_, peer) = listener.accept().unwrap();
    assert_eq!(peer, client.unwrap().local_addr().unwrap());
}

#[test]
fn udp_sockets_receive() {
    let mut socket: UdpSocket = PortRequest::new().bind().unwrap();
    let address = socket.local_addr().unwrap();
    port_on("127.0.0.1", Ok(address));
    #[cfg(unix)]
    assert!(socket2::SockRef::from(&socket).nonblocking().unwrap());
    let mut buffer = [0; 16];
    assert_eq!(socket.recv_from(&mut buffer).unwrap_err().kind(), WouldBlock);
    wait_until_readable(&mut socket, || {
        std::net::UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"hello", address).unwrap();
    });
    let (length, _) = socket.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"hello");
}

#[test]
fn members_of_tuples_and_arrays_work() {
    let (tcp, udp): (TcpListener, UdpSocket) = PortRequest::new().bind().unwrap();
    assert_eq!(tcp.local_addr().unwrap(), udp.local_addr().unwrap());
    let [a, b]: [TcpListener; 2] = PortRequest::new().bind().unwrap();
    assert_ne!(a.local_addr().unwrap(), b.local_addr().unwrap());
}

#[test]
fn time_outs_are_polls_own() {
    let request = PortRequest::new().timeout(Duration::from_secs(5));
    let message = "`timeout` is for blocking sockets, and this one is not; give `mio::Poll::poll` a timeout";
    assert_error(request.bind::<TcpListener>(), ErrorKind::Unsupported, message);
    assert_error(request.bind::<UdpSocket>(), ErrorKind::Unsupported, message);
}
