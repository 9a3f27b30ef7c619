use std::net::{TcpListener, UdpSocket};

use socket2::Socket;

use super::bound::bound;
use crate::bind::{self, Kind};
use crate::{Error, FromFreePort, PortRequest};

bound!(TcpListener, UdpSocket);

impl FromFreePort for TcpListener {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        blocking(request, Kind::Listener).map(Self::from)
    }
}

impl FromFreePort for UdpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        blocking(request, Kind::Datagram).map(Self::from)
    }
}

fn blocking(request: &PortRequest, kind: Kind) -> Result<Socket, Error> {
    let socket = bind::socket(request, kind)?;
    bind::set_timeout(&socket, request.timeout)?;
    Ok(socket)
}
