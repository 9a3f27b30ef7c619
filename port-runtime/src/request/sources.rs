//! The options that say which socket or which number, in the order in which the sources are tried.

use std::borrow::Cow;

use super::PortRequest;
use crate::given::Inherit;
use crate::order::Order;
use crate::ports::Ports;

impl PortRequest {
    /// The next socket that the service manager passed (`LISTEN_FDS`, [sd_listen_fds(3)]), where it passed any. Unix only:
    /// elsewhere none is ever passed.
    ///
    /// Every passed socket is taken once per process, in order. It has to be of the type that is asked for. The
    /// environment is only read; descriptors become close-on-exec. Absent are sockets that were passed to another process
    /// (`LISTEN_PID`). Addresses and ports are the service manager's business: `host` and the like do not matter then.
    /// Tuples, arrays and `DualStack` take all that they need, or nothing. A type of your own that takes one and then fails
    /// has given it back only if it stands in one of these.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// // Under systemd the socket of the unit, and 8080 for whoever starts the program by hand.
    /// let listener: TcpListener = PortRequest::new().inherit().prefer(8080).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [sd_listen_fds(3)]: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
    pub fn inherit(mut self) -> Self {
        self.settings.inherit = Some(Inherit::Next);
        self
    }

    /// The next passed socket of this name (`FileDescriptorName=` in a systemd unit), where any sockets were passed.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let web: TcpListener = PortRequest::new().inherit_named("http").bind()?;
    /// let metrics: TcpListener = PortRequest::new().inherit_named("metrics").bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn inherit_named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.settings.inherit = Some(Inherit::Named(name.into()));
        self
    }

    /// No passed socket after all: takes back what a harness's policy asks for. A member of a tuple or `DualStack` cannot do
    /// so for itself, since all are on one number.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let policy = PortRequest::new().inherit().range(20000..30000);
    /// let listener: TcpListener = policy.without_inherit().bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn without_inherit(mut self) -> Self {
        self.settings.inherit = None;
        self
    }

    /// Exactly this port, as `--port` means it; with 0 the kernel chooses, and `None` is as if nothing had been said.
    ///
    /// It comes before [`env`](Self::env): who starts a program with `--port` means it. For a listener, connections that an
    /// earlier server left are no obstacle where they are none to [`prefer`](Self::prefer), and neither is a
    /// [`ReservedPort`](crate::ReservedPort) that a parent process holds for this one. (A server that is bound to `[::]` for
    /// both families and does not listen yet looks like a reservation, and gives way like one.)
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let from_arguments: Option<u16> = std::env::args().nth(1).and_then(|port| port.parse().ok());
    /// let listener: TcpListener = PortRequest::new().port(from_arguments).env("PORT").prefer(8080).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn port(mut self, port: impl Into<Option<u16>>) -> Self {
        self.settings.port = port.into();
        self
    }

    /// The port that an environment variable names, where it is set and not empty, and no other. It is bound as
    /// [`port`](Self::port) is.
    ///
    /// Its value is `8080`, or, to decide on the host as well, `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`; with
    /// `0` the kernel chooses. A port alone keeps the [host](Self::host): in a container, where the loopback cannot be
    /// reached from outside, ask for `Host::env_or("HOST", Ipv4Addr::LOCALHOST)` too.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let listener: TcpListener = PortRequest::new().env("PORT_OF_THIS_EXAMPLE").prefer(8080).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn env(mut self, variable: impl Into<Cow<'static, str>>) -> Self {
        self.settings.env = Some(variable.into());
        self
    }

    /// No environment variable after all: takes back what a harness's policy asks for.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let policy = PortRequest::new().env("PORT");
    /// let [one, other]: [TcpListener; 2] = policy.without_env().bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn without_env(mut self) -> Self {
        self.settings.env = None;
        self
    }

    /// A port from the port server that the environment variable `PORTSERVER_ADDRESS` names, where there is one: for
    /// build farms where many programs share a pool of ports. The protocol is that of Google's [portpicker]. Unix only:
    /// elsewhere it is an error that the port server cannot be asked.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let listener: TcpListener = PortRequest::new().portserver().range(20000..30000).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [portpicker]: https://github.com/google/python_portpicker
    pub fn portserver(mut self) -> Self {
        self.settings.port_server = true;
        self
    }

    /// No port server after all: takes back what a harness's policy asks for.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let policy = PortRequest::new().portserver();
    /// let listener: TcpListener = policy.without_portserver().bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn without_portserver(mut self) -> Self {
        self.settings.port_server = false;
        self
    }

    /// The first free port of these: `8000..9000`, `8000..=8999`, `[1455, 1457]`, or other [`Ports`].
    ///
    /// Ports that are in use, merely held or not permitted are passed over. Those of earlier servers that left connections
    /// come last: on Linux a listener takes one, as [`prefer`](Self::prefer) does, before it gives up. When none is left,
    /// the error counts them and names who has the first few.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let listener: TcpListener = PortRequest::new().range(20000..30000).bind()?;
    /// assert!((20000..30000).contains(&listener.local_addr()?.port()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn range(mut self, ports: impl Into<Ports>) -> Self {
        self.settings.range = Some(ports.into());
        self
    }

    /// In which order the range is gone through; the default is [`Order::lowest`]. Without a range it has no effect.
    ///
    /// ```
    /// use port_runtime::{Order, PortRequest};
    /// use std::net::TcpListener;
    ///
    /// // Where many processes look for a port in one range, they do not get in each other's way.
    /// let listener: TcpListener = PortRequest::new().range(20000..30000).order(Order::random()).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn order(mut self, order: Order) -> Self {
        self.settings.order = order;
        self
    }

    /// Never these, whether they are preferred, of the range, or the kernel's choice. Given twice, it adds up. The kernel is
    /// asked a hundred times at most.
    ///
    /// A port that somebody decided on ([`port`](Self::port), [`env`](Self::env), the port server) is an error then.
    ///
    /// ```
    /// use port_runtime::{PortRequest, Ports};
    /// use std::net::TcpListener;
    ///
    /// let request = PortRequest::new().range(6660..6700).except(Ports::BLOCKED_BY_BROWSERS).except([6670]);
    /// let listener: TcpListener = request.bind()?;
    /// assert!(listener.local_addr()?.port() >= 6671 || listener.local_addr()?.port() < 6665);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn except(mut self, ports: impl Into<Ports>) -> Self {
        let more = ports.into();
        self.settings.except = Some(match self.settings.except {
            Some(except) => except.and(more),
            None => more,
        });
        self
    }

    /// This port if it is free, else as if it had not been named.
    ///
    /// A port that somebody listens on, holds or is about to listen on is not free. For a listener, connections that an
    /// earlier server left do not count, whatever their state, on Linux and where the kernel says who has a port. It has to
    /// be 6.8 or later for that, or else a socket of that one address that is bound and does not listen yet is not seen; and
    /// where a sandbox keeps it from saying anything, those connections do count. They do for every other type. (A program
    /// that binds the number beside old connections, while this call has bound it and asks who else did, has come second:
    /// its `listen` may fail, as its bind would a moment later.)
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let listener: TcpListener = PortRequest::new().prefer(8080).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn prefer(mut self, port: u16) -> Self {
        self.settings.prefer = Some(port);
        self
    }
}
