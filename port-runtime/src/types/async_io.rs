//! Sockets of async-io, from which those of `async_net` and `smol` are made.

use std::net::{SocketAddr, TcpListener, UdpSocket};

use async_io::Async;

use super::FromFreePort;
use super::bound::Bound;
use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::error::Error;
use crate::refusal;
use crate::request::PortRequest;

const INSTEAD: &str = "race the call against `async_io::Timer::after`";

impl<T: Bound> Bound for Async<T> {
    #[track_caller]
    fn addr(&self) -> SocketAddr {
        self.get_ref().addr()
    }
}

impl FromFreePort for Async<TcpListener> {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        nonblocking(request, Kind::LISTENER, INSTEAD, |socket| {
            Self::new_nonblocking(socket.into()).map_err(refusal::not_set_up)
        })
    }
}

impl FromFreePort for Async<UdpSocket> {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        nonblocking(request, Kind::DATAGRAM, INSTEAD, |socket| {
            Self::new_nonblocking(socket.into()).map_err(refusal::not_set_up)
        })
    }
}
