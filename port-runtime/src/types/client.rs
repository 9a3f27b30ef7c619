//! The client's own end of a TCP connection, where its port matters.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::Socket;

use super::FromFreePort;
use super::bound::bound;
use crate::bind::{self, Kind};
use crate::error::Error;
use crate::request::PortRequest;

/// A TCP socket that is bound, and neither listens nor is connected: a client that chooses its own port.
///
/// That is for firewalls which let only some source ports through, for protocols in which the number says who connects,
/// and for tests of such servers; every other client is better served by [`TcpStream::connect`]. For the same on tokio,
/// take `tokio::net::TcpSocket`.
///
/// What it is bound to decides where it can connect: from 127.0.0.1, the default, to this machine only; ask for the host
/// `0.0.0.0` or `::` to reach others. A [`range`](PortRequest::range) is the way to name a firewall's ports. A number is
/// busy here while an old connection of it is in `TIME_WAIT`, about a minute after it was closed from this side.
///
/// ```
/// use port_runtime::{Bound, ClientSocket, with_free_port};
/// use std::net::TcpListener;
///
/// #[with_free_port]
/// fn is_seen(
///     #[free_port] server: TcpListener,
///     #[free_port(range = 20000..30000)] client: ClientSocket,
/// ) -> std::io::Result<()> {
///     let port = client.port();
///     let _stream = client.connect(server.addr())?;
///     assert_eq!(server.accept()?.1.port(), port);
///     Ok(())
/// }
/// # is_seen().unwrap();
/// ```
#[derive(Debug)]
pub struct ClientSocket {
    socket: Socket,
    timeout: Option<Duration>,
}

impl FromFreePort for ClientSocket {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let timeout = request.settings().timeout;
        let bound = bind::one(request.settings(), request.membership(), Kind::CLIENT)?;
        bound.into_type(false, timeout, |socket| Ok(Self { socket, timeout }))
    }
}

impl ClientSocket {
    /// Connects, for as long as the [`timeout`](PortRequest::timeout) of the request allows, or else the system. The timeout
    /// holds for the stream's `read` and `write` as well.
    ///
    /// # Errors
    ///
    /// As [`TcpStream::connect`], and [`InvalidInput`](io::ErrorKind::InvalidInput) for an address of the other family. The
    /// port is given up then: there is one attempt, and a new socket is needed for the next.
    ///
    /// ```
    /// use port_runtime::{Bound, ClientSocket, PortRequest};
    /// use std::net::TcpListener;
    ///
    /// let server: TcpListener = PortRequest::new().bind()?;
    /// let client: ClientSocket = PortRequest::new().bind()?;
    /// let port = client.port();
    /// assert_eq!(client.connect(server.addr())?.local_addr()?.port(), port);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect(self, address: SocketAddr) -> io::Result<TcpStream> {
        // Without a limit of ours there is that of the system. A plain call would fail at a signal, and go on connecting.
        let timeout = self.timeout.unwrap_or(Duration::MAX);
        self.connect_timeout(address, timeout)
    }

    /// Connects, and gives up after this long whatever the request says; the request's timeout is for the stream then.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](io::ErrorKind::TimedOut) when nobody has answered by then, and as for [`connect`](Self::connect). A timeout
    /// of zero is an error, as it is for [`TcpStream::connect_timeout`].
    ///
    /// ```
    /// use port_runtime::{Bound, ClientSocket, PortRequest};
    /// use std::net::TcpListener;
    /// use std::time::Duration;
    ///
    /// let server: TcpListener = PortRequest::new().bind()?;
    /// let client: ClientSocket = PortRequest::new().bind()?;
    /// client.connect_timeout(server.addr(), Duration::from_secs(5))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect_timeout(self, address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        if timeout.is_zero() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a timeout of zero leaves no time to connect"));
        }
        self.check_family(address)?;
        self.socket.connect_timeout(&address.into(), timeout)?;
        Ok(self.socket.into())
    }

    /// The address that a server will see, unless the socket is bound to every interface.
    ///
    /// # Errors
    ///
    /// As [`TcpStream::local_addr`]; [`Bound::addr`](crate::Bound::addr) is the same without one.
    ///
    /// ```
    /// use port_runtime::{ClientSocket, PortRequest};
    ///
    /// let client: ClientSocket = PortRequest::new().range(20000..30000).bind()?;
    /// assert!((20000..30000).contains(&client.local_addr()?.port()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()?.as_socket().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// What Linux calls an invalid argument here helps nobody.
    fn check_family(&self, address: SocketAddr) -> io::Result<()> {
        let local = self.local_addr()?;
        if local.is_ipv4() == address.is_ipv4() {
            return Ok(());
        }
        let message = format!("a socket on {local} cannot connect to {address}: they are of different families");
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

bound!(ClientSocket);

#[cfg(unix)]
mod descriptor {
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

    use super::ClientSocket;

    /// To set an option that this crate does not know, with `socket2::SockRef` for instance.
    impl AsFd for ClientSocket {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.socket.as_fd()
        }
    }

    /// For another way to connect; a timeout of the request is set.
    impl From<ClientSocket> for OwnedFd {
        fn from(client: ClientSocket) -> Self {
            client.socket.into()
        }
    }
}

#[cfg(windows)]
mod descriptor {
    use std::os::windows::io::{AsSocket, BorrowedSocket, OwnedSocket};

    use super::ClientSocket;

    /// To set an option that this crate does not know, with `socket2::SockRef` for instance.
    impl AsSocket for ClientSocket {
        fn as_socket(&self) -> BorrowedSocket<'_> {
            self.socket.as_socket()
        }
    }

    /// For another way to connect; a timeout of the request is set.
    impl From<ClientSocket> for OwnedSocket {
        fn from(client: ClientSocket) -> Self {
            client.socket.into()
        }
    }
}
