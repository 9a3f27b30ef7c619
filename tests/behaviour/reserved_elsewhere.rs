//! `ReservedPort` where a hold cannot be shared: the number is kept from everybody, until it is released.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};

use crate::support::sockets::connect;
use crate::support::{Block, assert_error};

fn reserve() -> ReservedPort {
    PortRequest::new().bind().expect("a port is free")
}

/// Somebody else who wants to listen there.
fn listen(address: SocketAddr, reuse_address: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(reuse_address)?;
    socket.bind(&address.into())?;
    socket.listen(1)?;
    Ok(socket)
}

#[test]
fn is_refused_to_everybody() {
    let reserved = reserve();
    // On Windows that option is the way to take a port over.
    for reuse_address in [false, true] {
        let error = listen(reserved.addr(), reuse_address).expect_err("the port is reserved");
        assert!(matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied), "{error}");
    }
    let port = reserved.port();
    assert_error(
        PortRequest::new().range(port..=port).bind::<ReservedPort>(),
        ErrorKind::NoFreePort,
        &format!("no free port on 127.0.0.1 in {port}..={port}: the only one is in use"),
    );
    let elsewhere: TcpListener = PortRequest::new().prefer(port).bind().unwrap();
    assert_ne!(elsewhere.local_addr().unwrap().port(), port);
}

#[test]
fn is_never_the_systems_choice() {
    let reserved: [ReservedPort; 50] = PortRequest::new().bind().unwrap();
    let chosen: [TcpListener; 50] = PortRequest::new().bind().unwrap();
    for listener in &chosen {
        let port = listener.local_addr().unwrap().port();
        assert!(reserved.iter().all(|reserved| reserved.port() != port), "{port}");
    }
}

#[test]
fn refuses_connections() {
    let error = std::net::TcpStream::connect(reserve().addr()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
fn is_listened_on_once_it_is_given_up() {
    let reserved = reserve();
    let listener = reserved.listen().unwrap();
    assert_eq!(listener.local_addr().unwrap(), reserved.addr());
    let client = connect(reserved.addr());
    assert_eq!(listener.accept().unwrap().1, client.local_addr().unwrap());
    let error = reserved.listen().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
    assert!(error.to_string().ends_with("; somebody listens there already, or is about to"), "{error}");
}

/// On BSD they live side by side.
#[cfg(windows)]
#[test]
fn is_not_listened_on_beside_somebody_on_every_address() {
    let reserved = reserve();
    drop(reserved.listen().unwrap());
    let port = reserved.port();
    let _other: TcpListener = PortRequest::new().host("0.0.0.0").range(port..=port).bind().unwrap();
    let error = reserved.listen().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
}

#[test]
fn is_free_for_others_after_release() {
    let port = reserve().release();
    listen((Ipv4Addr::LOCALHOST, port).into(), false).unwrap();
}

#[test]
fn is_free_after_drop() {
    let block = Block::new();
    let request = PortRequest::new().range(block.port(1)..=block.port(1));
    for _ in 0..3 {
        let reserved: ReservedPort = request.bind().unwrap();
        assert_eq!(reserved.port(), block.port(1));
    }
}

#[test]
fn is_not_waited_for() {
    let message = "waiting for a listener on a reserved port is possible on Linux only; release the port and connect";
    let error = reserve().wait_until_listening(Duration::from_secs(1)).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Unsupported, message));
}
