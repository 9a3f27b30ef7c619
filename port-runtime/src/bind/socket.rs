//! One socket: opened, bound and asked where it is, without any policy.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Socket};

use super::kind::{Kind, socket_type};
use crate::sys;

/// One system call on Linux: socket2 asks for close-on-exec in the same one.
pub(super) fn open(kind: Kind, address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), socket_type(kind.protocol), None)?;
    sys::exclusive(&socket)?;
    Ok(socket)
}

/// Has a number and does nothing with it.
pub(super) fn occupy(kind: Kind, address: SocketAddr) -> io::Result<Socket> {
    let socket = open(kind, address)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Where it is bound.
pub(super) fn address_of(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| io::ErrorKind::InvalidData.into())
}

pub(crate) fn port_of(socket: &Socket) -> io::Result<u16> {
    address_of(socket).map(|address| address.port())
}

pub(crate) fn at(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}
