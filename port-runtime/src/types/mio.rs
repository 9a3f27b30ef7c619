//! Sockets of mio.

use std::net;

use mio::net::{TcpListener, UdpSocket};

use super::FromFreePort;
use super::bound::bound;
use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::error::Error;
use crate::request::PortRequest;

const INSTEAD: &str = "give `mio::Poll::poll` a timeout";

impl FromFreePort for TcpListener {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        nonblocking(request, Kind::LISTENER, INSTEAD, |socket| Ok(Self::from_std(net::TcpListener::from(socket))))
    }
}

impl FromFreePort for UdpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        nonblocking(request, Kind::DATAGRAM, INSTEAD, |socket| Ok(Self::from_std(net::UdpSocket::from(socket))))
    }
}

bound!(TcpListener, UdpSocket);
