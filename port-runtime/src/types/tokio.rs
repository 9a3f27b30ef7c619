use std::panic::catch_unwind;
use std::{io, net};

use socket2::Socket;
use tokio::net::{TcpListener, TcpSocket, UdpSocket};
use tokio::runtime::Handle;

use super::bound::bound;
use super::nonblocking::nonblocking;
use crate::bind::Kind;
use crate::{Error, ErrorKind, FromFreePort, PortRequest};

bound!(TcpListener, TcpSocket, UdpSocket);

const INSTEAD: &str = "wrap the call in `tokio::time::timeout`";

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

/// Bound, and neither listening nor connected: see [`ClientSocket`](crate::ClientSocket). It needs the runtime only to
/// connect.
impl FromFreePort for TcpSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        // Tokio has no other way in. What is in the "stream" is not asked for anything but its descriptor.
        nonblocking(request, Kind::Client, INSTEAD).map(|socket| Self::from_std_stream(socket.into()))
    }
}

fn in_runtime<T>(request: &PortRequest, kind: Kind, register: fn(Socket) -> io::Result<T>) -> Result<T, Error> {
    Handle::try_current().map_err(|_| {
        Error::new(
            ErrorKind::NoRuntime,
            "a tokio socket needs a running tokio runtime; put `#[with_free_port]` above `#[tokio::main]` or `#[tokio::test]`, on an `async fn`",
        )
    })?;
    let socket = nonblocking(request, kind, INSTEAD)?;
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
