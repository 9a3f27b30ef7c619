use std::net::{SocketAddr, TcpListener, UdpSocket};

use async_io::Async;

use super::bound::Bound;
use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::{Error, FromFreePort, PortRequest};

const INSTEAD: &str = "race the call against `async_io::Timer::after`";

impl<T: Bound> Bound for Async<T> {
    #[track_caller]
    fn addr(&self) -> SocketAddr {
        self.get_ref().addr()
    }
}

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
