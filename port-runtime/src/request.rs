use std::borrow::Cow;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::bind::Group;
use crate::given::{Exact, Inherit};
use crate::host::Addresses;
use crate::{AsyncFromFreePort, Error, FromFreePort, Host, Ports};

/// What kind of port is wanted. Plain data: nothing happens before [`bind`](Self::bind).
///
/// Each option of `#[with_free_port]` is the method of the same name. What is not asked for is not tried; what is asked
/// for is tried in this order, whatever the order of the calls:
///
/// 1. a socket [inherited](Self::inherit) from the service manager,
/// 2. the port that an [environment variable](Self::env) names,
/// 3. a port from the [port server](Self::portserver),
/// 4. the [preferred](Self::prefer) port,
/// 5. the [range](Self::range), in the order in which it is written,
/// 6. the kernel's choice, unless a range is given: a full range is an error.
///
/// Of the first three, one that is asked for and absent is passed over; one that is present and wrong is an error, and
/// never silently replaced. A port of the fourth or fifth that is in use or not permitted is passed over.
///
/// ```
/// use port_runtime::PortRequest;
/// use std::net::TcpListener;
///
/// let listener: TcpListener = PortRequest::new().prefer(8080).range(8000..9000).bind()?;
/// assert!((8000..9000).contains(&listener.local_addr()?.port()));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is bound before `bind` is called"]
pub struct PortRequest {
    pub(crate) inherit: Option<Inherit>,
    pub(crate) env: Option<Cow<'static, str>>,
    pub(crate) port_server: bool,
    pub(crate) host: Option<Host>,
    pub(crate) range: Option<Ports>,
    pub(crate) prefer: Option<u16>,
    pub(crate) backlog: Option<u32>,
    pub(crate) timeout: Option<Duration>,
    /// This number and no other.
    pub(crate) exact: Option<Exact>,
    /// The sockets that this one shares its number with.
    pub(crate) group: Option<Arc<Group>>,
    /// The number is wanted on both families, by one socket each.
    pub(crate) dual_stack: bool,
}

impl PortRequest {
    /// Any port on the loopback interface, chosen by the kernel.
    pub const fn new() -> Self {
        Self {
            inherit: None,
            env: None,
            port_server: false,
            host: None,
            range: None,
            prefer: None,
            backlog: None,
            timeout: None,
            exact: None,
            group: None,
            dual_stack: false,
        }
    }

    /// The next socket that the service manager passed (`LISTEN_FDS`, [sd_listen_fds(3)]), where it passed any.
    ///
    /// Every passed socket is taken once per process, in order. It has to be of the type that is asked for. The
    /// environment is only read; descriptors become close-on-exec. Absent are sockets that were passed to another process
    /// (`LISTEN_PID`). Addresses and ports are the service manager's business: `host` and the like do not matter then.
    ///
    /// [sd_listen_fds(3)]: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
    pub fn inherit(mut self) -> Self {
        self.inherit = Some(Inherit::Next);
        self
    }

    /// The next passed socket of this name (`FileDescriptorName=` in a systemd unit), where any sockets were passed.
    pub fn inherit_named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.inherit = Some(Inherit::Named(name.into()));
        self
    }

    /// The port that an environment variable names, where it is set and not empty, and no other.
    ///
    /// Its value is `8080`, or, to decide on the host as well, `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`; with
    /// `0` the kernel chooses. A port alone keeps the [host](Self::host): in a container, where the loopback cannot be
    /// reached from outside, ask for `Host::env_or("HOST", Ipv4Addr::LOCALHOST)` too.
    pub fn env(mut self, variable: impl Into<Cow<'static, str>>) -> Self {
        self.env = Some(variable.into());
        self
    }

    /// A port from the port server that the environment variable `PORTSERVER_ADDRESS` names, where there is one: for
    /// build farms where many programs share a pool of ports. The protocol is that of Google's [portpicker].
    ///
    /// [portpicker]: https://github.com/google/python_portpicker
    pub fn portserver(mut self) -> Self {
        self.port_server = true;
        self
    }

    /// The address to bind, or a name that resolves to one.
    ///
    /// The default is 127.0.0.1, or `::1` on a machine without IPv4: nothing is reachable from other machines unless
    /// asked. `"0.0.0.0"` and `"::"` are every interface.
    pub fn host(mut self, host: impl Into<Host>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// The first free port of these: `8000..9000`, `8000..=8999`, `[1455, 1457]`, or other [`Ports`].
    ///
    /// They are gone through in the order in which they are written, a range upwards.
    /// Ports that are in use, merely held or not permitted are passed over. Those of earlier servers that have connections
    /// in `TIME_WAIT` come last: on Linux a listener takes one, as [`prefer`](Self::prefer) does, before it gives up. When
    /// none is left, the error counts them.
    pub fn range(mut self, ports: impl Into<Ports>) -> Self {
        self.range = Some(ports.into());
        self
    }

    /// This port if it is free, else as if it had not been named.
    ///
    /// Connections of an earlier server that are in `TIME_WAIT` do not count as busy (on Linux); a port that somebody
    /// listens on, or reserves on every address as [`ReservedPort`](crate::ReservedPort) does, counts. A socket of that one
    /// address which has set `SO_REUSEADDR` and does not listen cannot be told from `TIME_WAIT`.
    pub fn prefer(mut self, port: u16) -> Self {
        self.prefer = Some(port);
        self
    }

    /// How many connections may wait to be accepted; the default is 128, as in std.
    ///
    /// Linux cuts it to `net.core.somaxconn`, see [listen(2)]. UDP sockets have none.
    ///
    /// [listen(2)]: https://man7.org/linux/man-pages/man2/listen.2.html
    pub fn backlog(mut self, connections: u32) -> Self {
        self.backlog = Some(connections);
        self
    }

    /// How long blocking calls may take: `accept`, and `read` and `write` of accepted connections and of UDP sockets.
    ///
    /// They fail with [`WouldBlock`](std::io::ErrorKind::WouldBlock) on Unix and
    /// [`TimedOut`](std::io::ErrorKind::TimedOut) on Windows. Less than a microsecond counts as one. Listeners have
    /// time-outs on Linux and Android only, and types of an async runtime have none: there the error is
    /// [`Unsupported`](crate::ErrorKind::Unsupported).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Binds.
    ///
    /// # Errors
    ///
    /// When no port can be had: see [`ErrorKind`](crate::ErrorKind) for the reasons.
    pub fn bind<T: FromFreePort>(&self) -> Result<T, Error> {
        T::from_free_port(self)
    }

    /// Binds a type that is made with `.await`; every type of [`bind`](Self::bind) will do as well.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub fn bind_async<T: AsyncFromFreePort>(&self) -> impl Future<Output = Result<T, Error>> + Send {
        T::from_free_port_async(self)
    }

    #[inline]
    pub(crate) fn addresses(&self) -> Result<Addresses, Error> {
        Addresses::of(self.host.as_ref())
    }

    #[inline]
    pub(crate) fn backlog_or_default(&self) -> i32 {
        self.backlog.map_or(128, |connections| i32::try_from(connections).unwrap_or(i32::MAX))
    }

    /// An address as messages name it.
    pub(crate) fn place(&self, address: SocketAddr) -> String {
        match &self.host {
            Some(name) if name.is_name() => format!("{name} ({})", address.ip()),
            _ => address.ip().to_string(),
        }
    }

    /// An error with the reason for an exact number.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match &self.exact {
            Some(exact) => error.because(&exact.told_by),
            None => error,
        }
    }

    /// Whether the request makes sense by itself.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(range) = &self.range {
            range.check()?;
        }
        if self.prefer == Some(0) {
            return Err(Error::invalid("0 is no port to prefer; leave it out and the kernel chooses"));
        }
        if self.timeout == Some(Duration::ZERO) {
            return Err(Error::invalid("a time-out of zero would mean none at all; leave it out or give a longer one"));
        }
        Ok(())
    }
}
