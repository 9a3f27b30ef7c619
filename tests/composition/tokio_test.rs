//! `#[tokio::test]` in both flavours.

use std::{io, net};

use port_runtime::with_free_port;
use tokio::net::{TcpListener, UdpSocket};

use crate::support::{answers, answers_async};

#[with_free_port]
#[tokio::test]
async fn above(listener: TcpListener) -> io::Result<()> {
    assert!(answers_async(&listener).await?);
    Ok(())
}

#[with_free_port]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn above_multi_thread(listener: TcpListener) -> io::Result<()> {
    let server = tokio::spawn(async move { answers_async(&listener).await });
    assert!(server.await.expect("no panic")?);
    Ok(())
}

#[with_free_port]
#[tokio::test]
async fn above_with_all_kinds(
    tcp: TcpListener,
    udp: UdpSocket,
    blocking: net::TcpListener,
    pair: (TcpListener, UdpSocket),
) {
    assert!(answers_async(&tcp).await.unwrap());
    assert!(answers(&blocking));
    udp.send_to(b"x", pair.1.local_addr().unwrap()).await.unwrap();
    let (length, sender) = pair.1.recv_from(&mut [0; 2]).await.unwrap();
    assert_eq!((length, sender), (1, udp.local_addr().unwrap()));
}

#[with_free_port(range = 1..=1, host = "192.0.2.1")]
#[tokio::test]
#[should_panic(expected = "192.0.2.1")]
async fn above_without_port(_listener: TcpListener) {
    unreachable!("that address is nobody's");
}

/// What people do who took a blocking listener: tokio refuses it, and the manual says to take tokio's own.
#[with_free_port]
#[tokio::test]
async fn a_listener_of_std_has_to_be_made_nonblocking(listener: net::TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    assert!(answers_async(&TcpListener::from_std(listener)?).await?);
    Ok(())
}

#[cfg(all(debug_assertions, unix))] // as in tokio; Windows does not tell whether a socket blocks
#[with_free_port]
#[tokio::test]
#[should_panic(expected = "blocking socket")]
async fn a_blocking_listener_is_refused_by_tokio(listener: net::TcpListener) {
    drop(TcpListener::from_std(listener));
}

/// Tokio has made it a blocking function by then, so types of std work.
#[tokio::test]
#[with_free_port]
async fn below(listener: net::TcpListener) {
    assert!(answers(&listener));
}

#[tokio::test]
#[with_free_port]
#[should_panic(expected = "put `#[with_free_port]` above `#[tokio::main]` or `#[tokio::test]`")]
async fn below_with_type_of_tokio(_listener: TcpListener) {
    unreachable!("bound before the runtime runs");
}
