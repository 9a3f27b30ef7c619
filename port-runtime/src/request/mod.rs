//! The builder: it collects [`Settings`], and the membership of a request that was given to a member of something bigger.
//! It binds nothing itself: `types` does.

mod sources;

use std::time::Duration;

use crate::bind::{self, Membership};
use crate::error::Error;
use crate::host::{Family, Host};
use crate::settings::Settings;

/// What kind of port is wanted. Plain data: nothing happens before [`bind`](Self::bind).
///
/// Each option of `#[with_free_port]` is the method of the same name. What is not asked for is not tried; what is asked
/// for is tried in this order, whatever the order of the calls:
///
/// 1. a socket [inherited](Self::inherit) from the service manager,
/// 2. the [port](Self::port) that the program was told, by a command line for instance,
/// 3. the port that an [environment variable](Self::env) names,
/// 4. a port from the [port server](Self::portserver),
/// 5. the [preferred](Self::prefer) port,
/// 6. the [range](Self::range), in its [order](Self::order),
/// 7. the kernel's choice, unless a range is given: a full range is an error.
///
/// Of the first four, one that is asked for and absent is passed over; one that is present and wrong is an error, and
/// never silently replaced. A preferred port, or one of the range, that is in use or not permitted is passed over.
///
/// It stays plain data in a member of a tuple, too: a clone that is kept is, once the tuple is bound, as if it had never
/// been in one, and holds nothing.
///
/// ```
/// use port_runtime::PortRequest;
/// use std::net::TcpListener;
///
/// let listener: TcpListener = PortRequest::new().prefer(8080).range(8000..9000).bind()?;
/// assert!((8000..9000).contains(&listener.local_addr()?.port()));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is bound before `bind` is called"]
pub struct PortRequest {
    settings: Settings,
    /// Of a request that a member of a tuple, an array or a `DualStack` was given.
    membership: Option<Membership>,
}

impl Default for PortRequest {
    fn default() -> Self {
        Self::new()
    }
}

impl PortRequest {
    /// Any port on the loopback interface, chosen by the kernel.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::UdpSocket;
    ///
    /// let socket: UdpSocket = PortRequest::new().bind()?;
    /// assert!(socket.local_addr()?.ip().is_loopback());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub const fn new() -> Self {
        Self { settings: Settings::NONE, membership: None }
    }

    /// The address to bind, or a name that resolves to one.
    ///
    /// The default is 127.0.0.1, or `::1` on a machine without IPv4: nothing is reachable from other machines unless
    /// asked. `"0.0.0.0"` and `"::"` are every interface.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::{Ipv4Addr, TcpListener};
    ///
    /// let listener: TcpListener = PortRequest::new().host(Ipv4Addr::LOCALHOST).bind()?;
    /// let listener: TcpListener = PortRequest::new().host("localhost").bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn host(mut self, host: impl Into<Host>) -> Self {
        self.settings.host = Some(host.into());
        self
    }

    /// How many connections may wait to be accepted; the default is 128, as in std.
    ///
    /// Linux cuts it to `net.core.somaxconn`, see [listen(2)]. UDP sockets have none.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::TcpListener;
    ///
    /// let listener: TcpListener = PortRequest::new().backlog(1024).bind()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [listen(2)]: https://man7.org/linux/man-pages/man2/listen.2.html
    pub fn backlog(mut self, connections: u32) -> Self {
        self.settings.backlog = Some(connections);
        self
    }

    /// How long blocking calls may take: `accept`, and `read` and `write` of accepted connections and of UDP sockets.
    /// Listeners have timeouts on Linux and Android only, and types of an async runtime have none: there the error is
    /// [`Unsupported`](crate::ErrorKind::Unsupported).
    ///
    /// The calls fail with [`WouldBlock`](std::io::ErrorKind::WouldBlock) on Unix and
    /// [`TimedOut`](std::io::ErrorKind::TimedOut) on Windows. Less than a microsecond counts as one.
    ///
    /// ```
    /// use port_runtime::PortRequest;
    /// use std::net::UdpSocket;
    /// use std::time::Duration;
    ///
    /// let socket: UdpSocket = PortRequest::new().timeout(Duration::from_millis(20)).bind()?;
    /// assert!(socket.recv(&mut [0]).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Of a member, as long as the whole is being bound.
    pub(crate) fn membership(&self) -> Option<&Membership> {
        self.membership.as_ref()
    }

    /// Lets `fill` bind several sockets on one number with the requests that it is given, maybe more than once. A part of
    /// something bigger is filled once: the whole does the repeating.
    pub(crate) fn on_one_number<T>(&self, mut fill: impl FnMut(&Self) -> Result<T, Error>) -> Result<T, Error> {
        if let Some(membership) = self.alive() {
            return fill(&self.member(membership.clone().on_one_number()));
        }
        bind::on_one_number(&self.settings, |membership| fill(&self.member(membership)))
    }

    /// Lets `fill` bind several sockets on numbers of their own.
    pub(crate) fn all_or_none<T>(&self, mut fill: impl FnMut(&Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.alive().is_some() {
            return fill(self);
        }
        bind::all_or_none(&self.settings, |membership| match membership {
            Some(membership) => fill(&self.member(membership)),
            None => fill(self),
        })
    }

    /// The same for one of the two families, in something that is bound on both.
    pub(crate) fn of_family(&self, family: Family) -> Self {
        let membership = self.membership.clone().map(|membership| membership.of_family(family));
        Self { membership, ..self.clone() }
    }

    fn alive(&self) -> Option<&Membership> {
        self.membership.as_ref().filter(|membership| membership.takes_in(&self.settings))
    }

    fn member(&self, membership: Membership) -> Self {
        Self { settings: self.settings.clone(), membership: Some(membership) }
    }
}
