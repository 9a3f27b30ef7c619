//! A number that is held for a program which cannot take a socket. It binds through `bind` as every other type does, and
//! has its programs started by `process`.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socket2::Socket;

use crate::bind::{self, Kind};
use crate::error::{Error, ErrorKind};
use crate::process::ServerProcess;
use crate::refusal::holder;
use crate::request::PortRequest;
use crate::settings::Settings;
use crate::sys;
use crate::sys::listening::Listening;
use crate::sys::sock_diag::Protocol;
use crate::types::FromFreePort;
use crate::types::bound::url;
use crate::wait::{Cancel, Wait};

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
    /// When somebody listens there already.
    pub fn listen(&self) -> Result<TcpListener, Error> {
        self.make_way();
        bind::listener_at(&self.settings, self.address)
    }

    /// Starts a program that was given the number, and returns when it listens on [`addr`](Self::addr). The program is
    /// ended, with all that it started itself, when the [`ServerProcess`] is dropped; the number is still reserved then,
    /// and the next one can be started on it.
    ///
    /// Nothing is added to the command but a variable of a name that nobody else has: how a program takes its port is
    /// different with each.
    ///
    /// ```no_run
    /// use port_runtime::{PortRequest, ReservedPort};
    /// use std::process::Command;
    /// use std::time::Duration;
    ///
    /// let port: ReservedPort = PortRequest::new().bind()?;
    /// let mut redis = Command::new("redis-server");
    /// redis.args(["--save", "", "--port", &port.port().to_string()]);
    /// let redis = port.start(&mut redis, Duration::from_secs(10))?;
    /// println!("{}", redis.url("redis"));
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    ///
    /// Outside Linux the number is released just before the start, as by [`release`](Self::release): in the moment until
    /// the program has bound it, it belongs to nobody, and afterwards it is reserved no longer. It is ready when it takes a
    /// connection.
    ///
    /// # Errors
    ///
    /// When the command cannot be spawned, when the program ends ([`ProcessEnded`](ErrorKind::ProcessEnded)), when
    /// somebody else listens there ([`PortInUse`](ErrorKind::PortInUse)), and when nobody does in time, or the program
    /// has been listening elsewhere for a good part of that time ([`TimedOut`](ErrorKind::TimedOut)). The error shows the
    /// last lines of the program's output, as far as that was piped, and nothing is left running.
    pub fn start(&self, command: &mut Command, timeout: Duration) -> Result<ServerProcess, Error> {
        self.expect_nobody()?;
        ServerProcess::start_at(command, self.address, || self.make_way(), timeout)
    }

    /// [`start`](Self::start) for `async` functions: the spawn is done at once, the rest without blocking the runtime.
    /// When the future is dropped, the program is ended.
    ///
    /// ```no_run
    /// # async fn start(port: port_runtime::ReservedPort) -> Result<(), port_runtime::Error> {
    /// let mut redis = std::process::Command::new("redis-server");
    /// redis.args(["--save", "", "--port", &port.port().to_string()]);
    /// let redis = port.start_async(&mut redis, std::time::Duration::from_secs(10)).await?;
    /// # drop(redis); Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    #[cfg(feature = "tokio")]
    pub async fn start_async(&self, command: &mut Command, timeout: Duration) -> Result<ServerProcess, Error> {
        self.expect_nobody()?;
        ServerProcess::start_at_async(command, self.address, || self.make_way(), timeout).await
    }

    /// Whoever listens already would be taken for the program, or keep it from listening.
    fn expect_nobody(&self) -> Result<(), Error> {
        // Elsewhere nobody does, since the number is not shared.
        if !sys::LINUX || listening(self.address)? != Listening::Here {
            return Ok(());
        }
        let holder = holder::who_has(Protocol::Tcp, self.address);
        let message = format!("cannot start a program on {}: it is in use{holder}", self.address);
        Err(Error::new(ErrorKind::PortInUse, message))
    }

    /// Gives the hold up where the system does not let somebody else have the number beside it.
    fn make_way(&self) {
        if !sys::LINUX {
            drop(self.hold.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }

    /// Waits until somebody listens where a connection to [`addr`](Self::addr) arrives, without making one: a server that
    /// accepts only once, or that is started by its first connection, does not notice. It listens then, and need not be
    /// ready to answer. For a child of your own, [`start`](Self::start) does more.
    ///
    /// ```no_run
    /// # fn wait(port: &port_runtime::ReservedPort) -> Result<(), port_runtime::Error> {
    /// let run = format!("docker run --rm -d -p {}:80 nginx", port.port());
    /// println!("do this in the next minute: {run}");
    /// port.wait_until_listening(std::time::Duration::from_secs(60))
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TimedOut`](ErrorKind::TimedOut) when nobody does for that long, [`Unsupported`](ErrorKind::Unsupported) outside
    /// Linux, where a held port cannot be listened on.
    pub fn wait_until_listening(&self, timeout: Duration) -> Result<(), Error> {
        wait_until_listening(self.address, &Wait::new(timeout, &Cancel::default()))
    }

    /// [`wait_until_listening`](Self::wait_until_listening) for `async` functions. The limit holds whatever the runtime
    /// is busy with, since a thread does the waiting; a paused clock of tokio stands still meanwhile.
    ///
    /// ```no_run
    /// # async fn wait(port: &port_runtime::ReservedPort) -> Result<(), port_runtime::Error> {
    /// port.wait_until_listening_async(std::time::Duration::from_secs(60)).await
    /// # }
    /// ```
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
        let address = self.address;
        let wait = move |cancel: &Cancel| wait_until_listening(address, &Wait::new(timeout, cancel));
        crate::aside::run(wait).await.unwrap_or_else(|error| {
            Err(Error::system(ErrorKind::System, format!("cannot wait for a listener: {error}"), &error))
        })
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

fn wait_until_listening(address: SocketAddr, wait: &Wait<'_>) -> Result<(), Error> {
    if !sys::LINUX {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "waiting for a listener on a reserved port is possible on Linux only; release the port and connect",
        ));
    }
    loop {
        let Listening::Elsewhere(places) = listening(address)? else { return Ok(()) };
        if !wait.pause() {
            return Err(nobody_listens(address, wait.timeout, &places));
        }
    }
}

fn listening(address: SocketAddr) -> Result<Listening, Error> {
    let look = sys::listening::on(address);
    look.map_err(|error| Error::system(ErrorKind::System, format!("cannot look at {address}: {error}"), &error))
}

fn nobody_listens(address: SocketAddr, timeout: Duration, places: &[SocketAddr]) -> Error {
    let places: Vec<_> = places.iter().map(ToString::to_string).collect();
    let why = match &places[..] {
        [] => "is the server running, and was it given this port?".to_owned(),
        places => format!("somebody listens on {}, where a connection to it does not arrive", places.join(", ")),
    };
    Error::new(ErrorKind::TimedOut, format!("nobody listens on {address} after {timeout:?}; {why}"))
}

impl fmt::Debug for ReservedPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ReservedPort").field(&self.address).finish()
    }
}
