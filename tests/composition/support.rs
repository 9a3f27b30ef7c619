//! A client that knows just enough HTTP for one request.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Nothing on the loopback takes this long, so a server that never answers fails its test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The status and the body that a server answers `GET /` with.
pub(crate) fn get(address: SocketAddr) -> (u16, String) {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE).expect("the socket listens already");
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer and its end");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer has a head");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// The same for servers that share a thread with the test.
pub(crate) async fn get_from_task(address: SocketAddr) -> (u16, String) {
    tokio::task::spawn_blocking(move || get(address)).await.unwrap()
}

/// Whether somebody who connects is accepted: what any annotated function can ask of its listener.
pub(crate) fn answers(listener: &TcpListener) -> bool {
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_connection, peer) = listener.accept().unwrap();
    peer == client.local_addr().unwrap()
}

pub(crate) async fn answers_async(listener: &tokio::net::TcpListener) -> io::Result<bool> {
    let client = tokio::net::TcpStream::connect(listener.local_addr()?).await?;
    let (_connection, peer) = tokio::time::timeout(PATIENCE, listener.accept()).await??;
    Ok(peer == client.local_addr()?)
}
