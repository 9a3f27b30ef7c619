//! Sockets of std.

use std::net::{TcpListener, UdpSocket};

use socket2::Socket;

use super::FromFreePort;
use super::bound::bound;
use crate::bind::{self, Kind};
use crate::error::Error;
use crate::request::PortRequest;

impl FromFreePort for TcpListener {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        blocking(request, Kind::LISTENER)
    }
}

impl FromFreePort for UdpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        blocking(request, Kind::DATAGRAM)
    }
}

fn blocking<T: From<Socket>>(request: &PortRequest, kind: Kind) -> Result<T, Error> {
    let settings = request.settings();
    bind::one(settings, request.membership(), kind)?.into_type(false, settings.timeout, |socket| Ok(T::from(socket)))
}

bound!(TcpListener, UdpSocket);
