use std::{io, net, thread};

use port_runtime::with_free_port;
use tokio::net::UdpSocket;

use crate::support::PATIENCE;

#[with_free_port]
#[tokio::test]
async fn echo(server: UdpSocket, client: UdpSocket) -> io::Result<()> {
    let address = server.local_addr()?;
    let server = tokio::spawn(async move {
        let mut buffer = [0; 64];
        let (length, sender) = server.recv_from(&mut buffer).await?;
        server.send_to(&buffer[..length], sender).await
    });
    client.send_to(b"hello", address).await?;
    let mut buffer = [0; 64];
    let (length, sender) = tokio::time::timeout(PATIENCE, client.recv_from(&mut buffer)).await??;
    assert_eq!((&buffer[..length], sender), (&b"hello"[..], address));
    assert_eq!(server.await??, 5);
    Ok(())
}

#[with_free_port(timeout = PATIENCE)]
#[test]
fn echo_that_blocks(server: net::UdpSocket, client: net::UdpSocket) -> io::Result<()> {
    let address = server.local_addr()?;
    let server = thread::spawn(move || {
        let mut buffer = [0; 64];
        let (length, sender) = server.recv_from(&mut buffer)?;
        server.send_to(&buffer[..length], sender)
    });
    client.send_to(b"hello", address)?;
    let mut buffer = [0; 64];
    let (length, sender) = client.recv_from(&mut buffer)?;
    assert_eq!((&buffer[..length], sender), (&b"hello"[..], address));
    assert_eq!(server.join().expect("no panic")?, 5);
    Ok(())
}
