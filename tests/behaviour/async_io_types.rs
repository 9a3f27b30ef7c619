//! async-io's sockets, which smol and async-net are made from.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use async_io::{Async, block_on};
use port_runtime::{ErrorKind, PortRequest};

use crate::support::{assert_error, port_on};

#[test]
fn listeners_accept() {
    block_on(async {
        for listener in
            [PortRequest::new().bind::<Async<TcpListener>>().unwrap(), PortRequest::new().bind_async().await.unwrap()]
        {
            let address = listener.get_ref().local_addr().unwrap();
            port_on("127.0.0.1", Ok(address));
            #[cfg(unix)]
            assert!(socket2::SockRef::from(&listener).nonblocking().unwrap());
            let nobody = listener.get_ref().accept().unwrap_err();
            assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
            let client = Async::<TcpStream>::connect(address).await.unwrap();
            let (_, peer) = listener.accept().await.unwrap();
            assert_eq!(peer, client.get_ref().local_addr().unwrap());
        }
    });
}

#[test]
fn udp_sockets_receive() {
    block_on(async {
        let socket: Async<UdpSocket> = PortRequest::new().bind_async().await.unwrap();
        let address = socket.get_ref().local_addr().unwrap();
        port_on("127.0.0.1", Ok(address));
        #[cfg(unix)]
        assert!(socket2::SockRef::from(&socket).nonblocking().unwrap());
        let mut buffer = [0; 16];
        let nothing = socket.get_ref().recv_from(&mut buffer).unwrap_err();
        assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock);
        socket.send_to(b"hello", address).await.unwrap();
        let (length, sender) = socket.recv_from(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..length], sender), (&b"hello"[..], address));
    });
}

#[test]
fn members_of_tuples_and_arrays_work() {
    let (tcp, udp): (Async<TcpListener>, Async<UdpSocket>) = PortRequest::new().bind().unwrap();
    assert_eq!(tcp.get_ref().local_addr().unwrap(), udp.get_ref().local_addr().unwrap());
    let [a, b]: [Async<TcpListener>; 2] = PortRequest::new().bind().unwrap();
    assert_ne!(a.get_ref().local_addr().unwrap(), b.get_ref().local_addr().unwrap());
}

#[test]
fn time_outs_are_the_runtimes_own() {
    let request = PortRequest::new().timeout(Duration::from_secs(5));
    let message =
        "`timeout` is for blocking sockets, and this one is not; race the call against `async_io::Timer::after`";
    assert_error(request.bind::<Async<TcpListener>>(), ErrorKind::Unsupported, message);
    assert_error(request.bind::<Async<UdpSocket>>(), ErrorKind::Unsupported, message);
}
