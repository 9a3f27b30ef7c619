//! Sockets to connect with from a chosen port.

use std::io::{ErrorKind as Io, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use port_runtime::{Bound, ClientSocket, DualStack, ErrorKind, PortRequest, ReservedPort};

use crate::support::{Block, assert_error};

/// What a server sees of who connects.
fn seen_by(server: &TcpListener) -> SocketAddr {
    server.accept().unwrap().1
}

fn server() -> TcpListener {
    PortRequest::new().bind().unwrap()
}

#[test]
fn the_server_sees_the_chosen_port() {
    let (block, server) = (Block::new(), server());
    for request in [
        PortRequest::new().prefer(block.port(1)),
        PortRequest::new().range(block.port(2)..=block.port(2)),
        PortRequest::new().range([block.port(4), block.port(3)]),
    ] {
        let client: ClientSocket = request.bind().unwrap();
        let chosen = client.addr();
        let mut stream = client.connect(server.addr()).unwrap();
        let (mut connection, peer) = server.accept().unwrap();
        assert_eq!((peer, stream.local_addr().unwrap()), (chosen, chosen));
        connection.write_all(b"hello").unwrap();
        drop(connection);
        let mut greeting = String::new();
        stream.read_to_string(&mut greeting).unwrap();
        assert_eq!(greeting, "hello");
    }
}

#[test]
fn without_options_the_kernel_chooses() {
    let server = server();
    let client: ClientSocket = PortRequest::new().bind().unwrap();
    let chosen = client.addr();
    assert_eq!(chosen.ip(), Ipv4Addr::LOCALHOST);
    let _stream = client.connect_timeout(server.addr(), Duration::from_secs(60)).unwrap();
    assert_eq!(seen_by(&server), chosen);
}

#[tokio::test]
async fn tokio_connects_from_the_chosen_port() {
    let (block, server) = (Block::new(), server());
    let client: tokio::net::TcpSocket =
        PortRequest::new().range(block.port(1)..=block.port(1)).bind_async().await.unwrap();
    let stream = client.connect(server.addr()).await.unwrap();
    assert_eq!(seen_by(&server).port(), block.port(1));
    assert_eq!(stream.local_addr().unwrap().port(), block.port(1));
}

#[test]
fn tokio_is_needed_to_connect_and_no_earlier() {
    let socket: tokio::net::TcpSocket = PortRequest::new().bind().unwrap();
    assert_ne!(socket.local_addr().unwrap().port(), 0);
    let request = PortRequest::new().timeout(Duration::from_secs(5));
    let message = "`timeout` is for blocking sockets, and this one is not; wrap the call in `tokio::time::timeout`";
    assert_error(request.bind::<tokio::net::TcpSocket>(), ErrorKind::Unsupported, message);
}

#[test]
fn nobody_can_connect_to_one() {
    let client: ClientSocket = PortRequest::new().bind().unwrap();
    assert_eq!(TcpStream::connect(client.addr()).unwrap_err().kind(), Io::ConnectionRefused);
}

#[test]
fn a_port_that_somebody_has_is_busy() {
    let block = Block::new();
    let (one, other) = (block.port(1), block.port(2));
    let taken = block.listener(1);
    let message = format!("no free port on 127.0.0.1 in {one}..={one}: the only one is in use");
    let refused = PortRequest::new().range(one..=one).bind::<ClientSocket>().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NoFreePort);
    assert!(refused.to_string().starts_with(&message), "{refused}");
    let client: ClientSocket = PortRequest::new().prefer(one).range(one..=other).bind().unwrap();
    assert_eq!(client.port(), other);
    drop(taken);
}

/// A connection from the port, which was closed from that side first.
#[cfg(target_os = "linux")]
fn leave_in_time_wait(port: u16) {
    let server = server();
    let client: ClientSocket = PortRequest::new().range(port..=port).bind().unwrap();
    let stream = client.connect(server.addr()).unwrap();
    let (mut connection, _) = server.accept().unwrap();
    drop(stream);
    // Its end is here when the client has closed.
    assert_eq!(connection.read(&mut [0]).unwrap(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_in_time_wait_is_busy() {
    let block = Block::new();
    let (one, other) = (block.port(1), block.port(2));
    leave_in_time_wait(one);
    let refused = PortRequest::new().range(one..=one).bind::<ClientSocket>().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NoFreePort);
    let client: ClientSocket = PortRequest::new().prefer(one).range(one..=other).bind().unwrap();
    assert_eq!(client.port(), other, "a client's port is never shared with an old connection");
}

#[test]
fn several_are_on_one_number_or_on_different_ones() {
    let (client, udp): (ClientSocket, UdpSocket) = PortRequest::new().bind().unwrap();
    assert_eq!(client.addr(), udp.addr());
    let clients: [ClientSocket; 3] = PortRequest::new().bind().unwrap();
    let [one, other, third] = clients.each_ref().map(Bound::port);
    assert!(one != other && other != third && third != one);
    let server = server();
    for client in clients {
        let chosen = client.addr();
        let _stream = client.connect(server.addr()).unwrap();
        assert_eq!(seen_by(&server), chosen);
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn one_of_each_family_may_share_a_number() {
    let both: DualStack<ClientSocket> = PortRequest::new().bind().unwrap();
    assert_eq!(both.v4.port(), both.v6.port());
    let server: DualStack<TcpListener> = PortRequest::new().bind().unwrap();
    let (v4, v6) = (both.v4.addr(), both.v6.addr());
    let _streams = (both.v4.connect(server.v4.addr()).unwrap(), both.v6.connect(server.v6.addr()).unwrap());
    assert_eq!((seen_by(&server.v4), seen_by(&server.v6)), (v4, v6));
}

#[test]
fn two_tcp_sockets_cannot_be_on_one_address() {
    assert!(PortRequest::new().bind::<(TcpListener, ClientSocket)>().is_err());
    assert!(PortRequest::new().bind::<(ClientSocket, TcpListener)>().is_err());
    assert!(PortRequest::new().bind::<(ClientSocket, ClientSocket)>().is_err());
    assert!(PortRequest::new().bind::<(ClientSocket, ReservedPort)>().is_err());
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn the_other_family_is_out_of_reach() {
    let client: ClientSocket = PortRequest::new().bind().unwrap();
    let message = format!("a socket on {} cannot connect to [::1]:80: they are of different families", client.addr());
    let error = client.connect("[::1]:80".parse().unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (Io::InvalidInput, message));
}

#[test]
fn a_refusal_gives_the_port_back() {
    let block = Block::new();
    let closed: ReservedPort = PortRequest::new().bind().unwrap();
    let request = PortRequest::new().range(block.port(1)..=block.port(1));
    for _ in 0..3 {
        let client: ClientSocket = request.bind().unwrap();
        assert_eq!(client.connect(closed.addr()).unwrap_err().kind(), Io::ConnectionRefused);
    }
}

#[test]
fn the_time_out_holds_for_the_stream() {
    let server = server();
    let client: ClientSocket = PortRequest::new().timeout(Duration::from_millis(30)).bind().unwrap();
    let mut stream = client.connect(server.addr()).unwrap();
    assert_eq!(stream.read_timeout().unwrap(), stream.write_timeout().unwrap());
    let nothing = stream.read(&mut [0]).unwrap_err().kind();
    assert!(matches!(nothing, Io::WouldBlock | Io::TimedOut), "{nothing}");
    let client: ClientSocket = PortRequest::new().bind().unwrap();
    assert_eq!(client.connect(server.addr()).unwrap().read_timeout().unwrap(), None);
}

/// On Linux a full queue answers nobody.
#[cfg(target_os = "linux")]
#[test]
fn the_time_out_holds_for_connecting() {
    let full: TcpListener = PortRequest::new().backlog(0).bind().unwrap();
    let _waiting = TcpStream::connect(full.addr()).unwrap();
    let short = Duration::from_millis(50);
    let client: ClientSocket = PortRequest::new().timeout(short).bind().unwrap();
    assert_eq!(client.connect(full.addr()).unwrap_err().kind(), Io::TimedOut);
    let client: ClientSocket = PortRequest::new().timeout(Duration::from_secs(600)).bind().unwrap();
    assert_eq!(client.connect_timeout(full.addr(), short).unwrap_err().kind(), Io::TimedOut);
    let client: ClientSocket = PortRequest::new().bind().unwrap();
    assert_eq!(client.connect_timeout(full.addr(), Duration::ZERO).unwrap_err().kind(), Io::InvalidInput);
}

#[cfg(unix)]
#[test]
fn its_descriptor_can_be_had() {
    let client: ClientSocket = PortRequest::new().bind().unwrap();
    socket2::SockRef::from(&client).set_tcp_nodelay(true).unwrap();
    let (chosen, server) = (client.addr(), server());
    let socket = socket2::Socket::from(std::os::fd::OwnedFd::from(client));
    socket.connect(&server.addr().into()).unwrap();
    assert_eq!(seen_by(&server), chosen);
}
