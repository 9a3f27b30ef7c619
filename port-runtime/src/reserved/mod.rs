//! A number that is held for a program which cannot take a socket. It binds through `bind` as every other type does, and
//! has its programs started by `process`.

mod start;
mod wait;

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socket2::Socket;

use crate::bind::{self, Kind};
use crate::error::Error;
use crate::request::PortRequest;
use crate::sys;
use crate::types::FromFreePort;
use crate::types::bound::url;

/// A port number for a program that cannot take a socket: held, and not listening, for as long as this value lives.
///
/// Give [`port`](Self::port) to a child process, a container or a database; what you can run yourself takes a listener
/// instead, which needs no number at all. Until somebody listens, connections are refused, so it is also a port that is
/// closed for sure, to test retries on.
///
/// # Guarantees
///
/// **Linux.** While the value lives, on every address and on both families, the kernel gives the port to no socket that
/// asks for any port and to no outgoing connection (unless `net.ipv4.ip_autobind_reuse` is set), and a plain bind of the
/// number fails. A server that sets `SO_REUSEADDR`, as nearly all do ([std], tokio, Go, Node, Java, nginx, Redis,
/// PostgreSQL), binds it and listens, any number of times. For one that does not, see [`release`](Self::release).
///
/// Not promised: protection from a program that names the same number with `SO_REUSEADDR`, UDP, and other network
/// namespaces. See [socket(7)] and [ip(7)].
///
/// **Elsewhere** the hold is exclusive: [`listen`](Self::listen) and a child's own bind need the number
/// [released](Self::release) first, and for that moment it belongs to nobody.
///
/// [std]: std::net::TcpListener::bind
/// [socket(7)]: https://man7.org/linux/man-pages/man7/socket.7.html
/// [ip(7)]: https://man7.org/linux/man-pages/man7/ip.7.html
///
/// # Examples
///
/// ```
/// use port_runtime::{PortRequest, ReservedPort};
/// use std::io::ErrorKind::ConnectionRefused;
/// use std::net::TcpStream;
///
/// let reserved: ReservedPort = PortRequest::new().bind()?;
/// assert_eq!(TcpStream::connect(reserved.addr()).unwrap_err().kind(), ConnectionRefused);
/// # if cfg!(target_os = "linux") {
/// for _restart in 0..3 {
///     let listener = reserved.listen()?;
///     TcpStream::connect(reserved.addr())?;
///     listener.accept()?;
/// }
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A harness with several ports is a struct of them:
///
/// ```
/// use port_runtime::{Error, FromFreePort, PortRequest, ReservedPort};
///
/// struct Ports {
///     http: ReservedPort,
///     metrics: ReservedPort,
/// }
///
/// impl FromFreePort for Ports {
///     fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
///         let [http, metrics] = request.bind()?;
///         Ok(Self { http, metrics })
///     }
/// }
/// # let ports: Ports = PortRequest::new().bind()?;
/// # assert_ne!(ports.http.port(), ports.metrics.port());
/// # Ok::<(), Error>(())
/// ```
#[must_use = "the number is held only as long as this lives"]
pub struct ReservedPort {
    address: SocketAddr,
    /// For [`listen`](Self::listen), as the timeout is.
    backlog: i32,
    timeout: Option<Duration>,
    /// Given up for the first listener where the system does not let the two share the port.
    hold: Mutex<Option<Socket>>,
}

impl FromFreePort for ReservedPort {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let settings = request.settings();
        let (hold, address) = bind::one(settings, request.membership(), Kind::HOLD)?.into_hold()?;
        Ok(Self { address, backlog: settings.backlog(), timeout: settings.timeout, hold: Mutex::new(Some(hold)) })
    }
}

impl ReservedPort {
    /// The number.
    ///
    /// ```
    /// use port_runtime::{PortRequest, ReservedPort};
    ///
    /// let reserved: ReservedPort = PortRequest::new().bind()?;
    /// let mut command = std::process::Command::new("redis-server");
    /// command.args(["--port", &reserved.port().to_string()]);
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The number with the address that was asked for, 127.0.0.1 by default.
    ///
    /// ```
    /// use port_runtime::{PortRequest, ReservedPort};
    ///
    /// let reserved: ReservedPort = PortRequest::new().bind()?;
    /// assert_eq!(reserved.addr().to_string(), format!("127.0.0.1:{}", reserved.port()));
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What a client on this machine opens once somebody listens, as [`Bound::url`](crate::Bound::url) tells it.
    ///
    /// ```
    /// use port_runtime::{PortRequest, ReservedPort};
    ///
    /// let reserved: ReservedPort = PortRequest::new().bind()?;
    /// assert_eq!(reserved.url("redis"), format!("redis://127.0.0.1:{}", reserved.port()));
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    pub fn url(&self, scheme: &str) -> String {
        url(scheme, self.address)
    }

    /// Listens on [`addr`](Self::addr), with the backlog and the timeout of the request. When the listener is dropped,
    /// the port is still reserved, and this can be called again: a server is restarted on its port.
    ///
    /// Outside Linux the hold has to be given up first. Between that and the bind another program can take the port, and
    /// after the listener is dropped it is reserved no longer.
    ///
    /// ```
    /// use port_runtime::{Bound, PortRequest, ReservedPort};
    /// use std::net::TcpStream;
    ///
    /// let reserved: ReservedPort = PortRequest::new().bind()?;
    /// let client = reserved.addr();
    /// assert!(TcpStream::connect(client).is_err(), "nobody listens yet");
    /// let listener = reserved.listen()?;
    /// assert_eq!(listener.addr(), client);
    /// TcpStream::connect(client)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When somebody listens there already, or (Linux) is bound there and about to: a server that was given the number.
    pub fn listen(&self) -> Result<TcpListener, Error> {
        self.make_way();
        bind::listener_at(self.address, self.backlog, self.timeout)
    }

    /// Gives the hold up where the system does not let somebody else have the number beside it.
    fn make_way(&self) {
        if !sys::LINUX {
            drop(self.hold.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }

    /// Gives the number up, for a program that refuses to share it: one that sets only `SO_REUSEPORT`, or neither option.
    ///
    /// From here until that program has bound it, the port is free for everybody. That is the race which the rest of this
    /// crate avoids; keep the time between short, and be ready to try again.
    ///
    /// ```
    /// use port_runtime::{PortRequest, ReservedPort};
    ///
    /// let port = PortRequest::new().bind::<ReservedPort>()?.release();
    /// println!("start the program with `--port {port}`, at once");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn release(self) -> u16 {
        self.address.port()
    }
}

impl fmt::Debug for ReservedPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ReservedPort").field(&self.address).finish()
    }
}
