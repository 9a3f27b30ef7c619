use std::net;

use mio::net::{TcpListener, UdpSocket};

use super::bound::bound;
use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::{Error, FromFreePort, PortRequest};

const INSTEAD: &str = "give `mio::Poll::poll` a time-out";

bound!(TcpListener, UdpSocket);

impl FromFreePort for TcpListener {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let socket = nonblocking(request, Kind::Listener, INSTEAD)?;
        Ok(Self::from_std(net::TcpListener::from(socket)))
    }
}

impl FromFreePort for UdpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let socket = nonblocking(request, Kind::Datagram, INSTEAD)?;
        Ok(Self::from_std(net::UdpSocket::from(socket)))
    }
}
