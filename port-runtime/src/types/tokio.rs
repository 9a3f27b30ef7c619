use std::panic::catch_unwind;
use std::{io, net};

use socket2::Socket;
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::Handle;

use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::{Error, ErrorKind, FromFreePort, PortRequest};

/// Needs a running runtime that does I/O. Where the runtime does not, tokio's own message about it is printed as well.
impl FromFreePort for TcpListener {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        in_runtime(request, Kind::Listener, |socket| Self::from_std(net::TcpListener::from(socket)))
    }
}

/// Needs a running runtime, as the listener does.
impl FromFreePort for UdpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        in_runtime(request, Kind::Datagram, |socket| Self::from_std(net::UdpSocket::from(socket)))
    }
}

fn in_runtime<T>(request: &PortRequest, kind: Kind, register: fn(Socket) -> io::Result<T>) -> Result<T, Error> {
    Handle::try_current().map_err(|_| {
        Error::new(
            ErrorKind::NoRuntime,
            "a tokio socket needs a running tokio runtime; put `#[with_free_port]` above `#[tokio::main]` or `#[tokio::test]`, on an `async fn`",
        )
    })?;
    let socket = nonblocking(request, kind, "wrap the call in `tokio::time::timeout`")?;
    // Tokio offers no way to ask whether the runtime does I/O, and panics where it does not.
    match catch_unwind(|| register(socket)) {
        Ok(Ok(socket)) => Ok(socket),
        Ok(Err(error)) => {
            Err(Error::system(ErrorKind::NoRuntime, format!("the tokio runtime takes no socket: {error}"), error))
        }
        Err(_) => Err(Error::new(
            ErrorKind::NoRuntime,
            "this tokio runtime does no I/O; build it with `enable_io` or `enable_all`",
        )),
    }
}
