use std::net::{TcpListener, UdpSocket};

use async_io::Async;

use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::{Error, FromFreePort, PortRequest};

const INSTEAD: &str = "race the call against `async_io::Timer::after`";

impl FromFreePort for Async<TcpListener> {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let socket = nonblocking(request, Kind::Listener, INSTEAD)?;
        Self::new_nonblocking(socket.into()).map_err(Error::set_up)
    }
}

impl FromFreePort for Async<UdpSocket> {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let socket = nonblocking(request, Kind::Datagram, INSTEAD)?;
        Self::new_nonblocking(socket.into()).map_err(Error::set_up)
    }
}
