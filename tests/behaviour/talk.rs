//! A server that listens, and a client that connects to it by host and port.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::thread;
use std::time::Duration;

use port_runtime::PortRequest;

use crate::support::port_on;

/// Sends back what one client sends.
fn echo_once(listener: TcpListener) -> thread::JoinHandle<io::Result<u64>> {
    thread::spawn(move || {
        let (mut connection, _) = listener.accept()?;
        let mut copy = connection.try_clone()?;
        io::copy(&mut connection, &mut copy)
    })
}

fn say_hello(to: impl ToSocketAddrs) {
    let mut client = TcpStream::connect(to).expect("the server listens before anybody is told of its port");
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    client.write_all(b"hello").unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "hello");
}

#[test]
fn by_address_and_port() {
    let listener: TcpListener = PortRequest::new().bind().unwrap();
    let port = port_on("127.0.0.1", listener.local_addr());
    let server = echo_once(listener);
    say_hello(("127.0.0.1", port));
    assert_eq!(server.join().unwrap().unwrap(), 5);
}

#[test]
fn by_host_name_and_port() {
    let listener: TcpListener = PortRequest::new().host("localhost").bind().unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = echo_once(listener);
    say_hello(("localhost", port));
    assert_eq!(server.join().unwrap().unwrap(), 5);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn over_ipv6() {
    let listener: TcpListener = PortRequest::new().host("::1").bind().unwrap();
    let port = port_on("::1", listener.local_addr());
    let server = echo_once(listener);
    say_hello(("::1", port));
    assert_eq!(server.join().unwrap().unwrap(), 5);
}

#[test]
fn a_client_that_comes_before_accept_is_served() {
    let listener: TcpListener = PortRequest::new().bind().unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).expect("it listens already");
    let (_, peer) = listener.accept().unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
}

#[test]
fn many_clients_wait_by_default() {
    let listener: TcpListener = PortRequest::new().bind().unwrap();
    let address = listener.local_addr().unwrap();
    let clients: Vec<_> = (0..100).map(|_| TcpStream::connect(address).expect("the backlog has room")).collect();
    for _ in &clients {
        listener.accept().unwrap();
    }
}

#[test]
fn datagrams() {
    let request = PortRequest::new();
    let [server, client]: [UdpSocket; 2] = request.bind().unwrap();
    for socket in [&server, &client] {
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    }
    let mut buffer = [0; 16];
    client.send_to(b"hello", server.local_addr().unwrap()).unwrap();
    let (length, sender) = server.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"hello");
    assert_eq!(sender, client.local_addr().unwrap());
    server.send_to(b"you too", sender).unwrap();
    let (length, _) = client.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"you too");
}
