//! Sockets of tokio, which a runtime has to take.

use std::panic::catch_unwind;
use std::{io, net};

use socket2::Socket;
use tokio::net::{TcpListener, TcpSocket, UdpSocket};
use tokio::runtime::Handle;

use super::FromFreePort;
use super::bound::bound;
use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::error::{Error, ErrorKind};
use crate::request::PortRequest;

const INSTEAD: &str = "wrap the call in `tokio::time::timeout`";

/// Needs a running runtime that does I/O. Where the runtime does none, tokio panics; the panic is caught and becomes an
/// error, with tokio's own message printed beside it. With `panic = "abort"` nothing can be caught, and
/// the program ends: build the runtime with `enable_io` or `enable_all`, as `#[tokio::main]` and `#[tokio::test]` do.
impl FromFreePort for TcpListener {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        in_runtime(request, Kind::LISTENER, |socket| Self::from_std(net::TcpListener::from(socket)))
    }
}

/// Needs a running runtime that does I/O, as the listener does; with `panic = "abort"` the program ends where it does none.
impl FromFreePort for UdpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        in_runtime(request, Kind::DATAGRAM, |socket| Self::from_std(net::UdpSocket::from(socket)))
    }
}

/// Bound, and neither listening nor connected: see [`ClientSocket`](crate::ClientSocket). It needs the runtime only to
/// connect.
impl FromFreePort for TcpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        // Tokio has no other way in. What is in the "stream" is not asked for anything but its descriptor.
        nonblocking(request, Kind::CLIENT, INSTEAD, |socket| Ok(Self::from_std_stream(socket.into())))
    }
}

fn in_runtime<T>(request: &PortRequest, kind: Kind, register: fn(Socket) -> io::Result<T>) -> Result<T, Error> {
    Handle::try_current().map_err(|_| {
        Error::new(
            ErrorKind::NoRuntime,
            "a tokio socket needs a running tokio runtime; put `#[with_free_port]` above `#[tokio::main]` or \
             `#[tokio::test]`, on an `async fn`",
        )
    })?;
    nonblocking(request, kind, INSTEAD, |socket| {
        // Tokio offers no way to ask whether the runtime does I/O, and panics where it does not.
        match catch_unwind(|| register(socket)) {
            Ok(Ok(socket)) => Ok(socket),
            Ok(Err(error)) => {
                let message = format!("the tokio runtime takes no socket: {error}");
                Err(Error::system(ErrorKind::NoRuntime, message, &error))
            }
            Err(_) => Err(Error::new(
                ErrorKind::NoRuntime,
                "this tokio runtime does no I/O; build it with `enable_io` or `enable_all`",
            )),
        }
    })
}

bound!(TcpListener, TcpSocket, UdpSocket);
