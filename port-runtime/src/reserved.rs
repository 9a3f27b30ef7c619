use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, io};

use socket2::Socket;

use crate::bind::{self, Kind};
use crate::error::{Error, ErrorKind};
use crate::request::PortRequest;
use crate::settings::Settings;
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
pub struct ReservedPort {
    address: SocketAddr,
    /// For [`listen`](Self::listen): the backlog and the timeout.
    settings: Settings,
    /// Given up for the first listener where the system does not let the two share the port.
    hold: Mutex<Option<Socket>>,
}

impl FromFreePort for ReservedPort {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let settings = request.settings();
        let (hold, address) = bind::one(settings, request.membership(), Kind::HOLD)?.into_hold()?;
        let settings = Settings { backlog: settings.backlog, timeout: settings.timeout, ..Settings::NONE };
        Ok(Self { address, settings, hold: Mutex::new(Some(hold)) })
    }
}

impl ReservedPort {
    /// The number.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The number with the address that was asked for, 127.0.0.1 by default.
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
    /// # Errors
    ///
    /// When somebody listens there already.
    pub fn listen(&self) -> Result<TcpListener, Error> {
        if !sys::LINUX {
            drop(self.hold.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        bind::listener_at(&self.settings, self.address)
    }

    /// Waits until somebody listens on [`addr`](Self::addr), without connecting: a server that accepts only once, or that
    /// is started by its first connection, does not notice. It listens then, and need not be ready to answer.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](ErrorKind::TimedOut) when nobody does for that long, [`Unsupported`](ErrorKind::Unsupported) outside
    /// Linux, where a held port cannot be listened on.
    pub fn wait_until_listening(&self, timeout: Duration) -> Result<(), Error> {
        let mut wait = Wait::new(timeout);
        while let Some(pause) = wait.pause(self.address)? {
            std::thread::sleep(pause);
        }
        Ok(())
    }

    /// [`wait_until_listening`](Self::wait_until_listening) for `async` functions.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    #[cfg(feature = "tokio")]
    pub async fn wait_until_listening_async(&self, timeout: Duration) -> Result<(), Error> {
        let mut wait = Wait::new(timeout);
        while let Some(pause) = wait.pause(self.address)? {
            // By the system's clock here too. Tokio's, when it is paused, would jump ahead with every look, and so set off
            // the user's own timeouts; or stand still, for as long as the server is a blocking task.
            let slept = tokio::task::spawn_blocking(move || std::thread::sleep(pause)).await;
            slept.map_err(|error| Error::other(format!("cannot wait for a listener: {error}")))?;
        }
        Ok(())
    }

    /// Gives the number up, for a program that refuses to share it: one that sets only `SO_REUSEPORT`, or neither option.
    ///
    /// From here until that program has bound it, the port is free for everybody. That is the race which the rest of this
    /// crate avoids; keep the time between short, and be ready to try again.
    pub fn release(self) -> u16 {
        self.address.port()
    }
}

/// Looks more and more seldom, and not forever.
struct Wait {
    started: Instant,
    timeout: Duration,
    pause: Duration,
}

impl Wait {
    fn new(timeout: Duration) -> Self {
        // By the system's clock: tokio's may be paused, and other programs are not.
        Self { started: Instant::now(), timeout, pause: Duration::from_millis(1) }
    }

    /// How long to wait before the next look, or `None` when somebody listens.
    fn pause(&mut self, address: SocketAddr) -> Result<Option<Duration>, Error> {
        if !sys::LINUX {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "waiting for a listener on a reserved port is possible on Linux only; release the port and connect",
            ));
        }
        match bind_briefly(address) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(None),
            Err(error) => {
                return Err(Error::system(ErrorKind::System, format!("cannot look at {address}: {error}"), &error));
            }
            Ok(()) => {}
        }
        let left = self.timeout.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            let timeout = self.timeout;
            return Err(Error::new(
                ErrorKind::TimedOut,
                format!(
                    "nobody listens on {address} after {timeout:?}; is the server running, and was it given this port?"
                ),
            ));
        }
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(Duration::from_millis(50));
        Ok(Some(pause))
    }
}

impl fmt::Debug for ReservedPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ReservedPort").field(&self.address).finish()
    }
}

fn bind_briefly(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())
}
