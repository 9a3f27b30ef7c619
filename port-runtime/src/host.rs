//! The address to bind, as it was asked for, and the addresses that it stands for.

pub(crate) mod meant;
pub(crate) mod name;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::error::Error;

/// The address to bind: an IP address, or a name that resolves to addresses of this machine.
///
/// It is made from [`IpAddr`], [`Ipv4Addr`], [`Ipv6Addr`], `&str`, `String`, `&String` or `&Host`. A string that is no IP address is a name;
/// it is resolved when a socket is bound, and the first of its addresses that this machine has is taken. A link-local IPv6 address
/// has its interface in it, by number or (Unix) by name: `fe80::1%eth0`. An abbreviated address (`0`, `127.1`) is an error when a
/// socket is bound.
///
/// ```
/// use port_runtime::Host;
/// use std::net::Ipv6Addr;
///
/// assert_eq!(Host::from("[::1]"), Host::from(Ipv6Addr::LOCALHOST));
/// assert_eq!(Host::from("localhost").to_string(), "localhost");
/// ```
#[derive(Debug, Clone)]
pub struct Host {
    inner: Inner,
    /// The environment variable that named it. Errors tell; it makes no other host of it.
    variable: Option<Box<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Inner {
    Address(SocketAddr),
    Name(String),
}

impl Host {
    /// The host that an environment variable names, or else the one given: the way to let a container image choose.
    ///
    /// The variable is read now. Unset or empty it is passed over.
    ///
    /// ```
    /// use port_runtime::Host;
    /// use std::net::Ipv4Addr;
    ///
    /// let host = Host::env_or("HOST_OF_THIS_EXAMPLE", Ipv4Addr::LOCALHOST);
    /// assert_eq!(host, Ipv4Addr::LOCALHOST.into());
    /// ```
    pub fn env_or(variable: &str, default: impl Into<Self>) -> Self {
        let value = std::env::var_os(variable).unwrap_or_default();
        match value.to_string_lossy().trim() {
            "" => default.into(),
            host => Self { variable: Some(variable.into()), ..host.into() },
        }
    }

    /// One address with its IPv6 scope, which [`IpAddr`] has no room for.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { inner: Inner::Address(address), variable: None }
    }

    pub(crate) fn is_name(&self) -> bool {
        matches!(self.inner, Inner::Name(_))
    }

    /// Which environment variable named it, in words.
    pub(crate) fn told_by(&self) -> Option<String> {
        self.variable.as_ref().map(|variable| format!("{variable} is `{}`", self.to_string().escape_debug()))
    }
}

/// One of the two kinds of internet address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) fn of(address: SocketAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// The addresses of a host, port 0, in the order in which they are tried.
#[derive(Debug, Clone)]
pub(crate) enum Addresses {
    /// No host was given: IPv6 only where the machine has no IPv4.
    Loopback,
    One(SocketAddr),
    Many(Vec<SocketAddr>),
}

const LOOPBACK_V4: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
const LOOPBACK_V6: SocketAddr = SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0));

impl Addresses {
    pub(crate) fn of(host: Option<&Host>) -> Result<Self, Error> {
        let Some(host) = host else { return Ok(Self::Loopback) };
        match &host.inner {
            Inner::Address(address) => Ok(Self::One(*address)),
            Inner::Name(name) => name::resolve(name).map(Self::Many).map_err(|error| match host.told_by() {
                Some(told_by) => error.because(&told_by),
                None => error,
            }),
        }
    }

    /// Those of this family, or the one that means the same in it.
    pub(crate) fn of_family(&self, family: Family) -> Option<Self> {
        let is_wanted = |address: &SocketAddr| Family::of(*address) == family;
        match self {
            Self::Loopback => Some(Self::One(if family == Family::V4 { LOOPBACK_V4 } else { LOOPBACK_V6 })),
            Self::Many(addresses) if addresses.iter().any(is_wanted) => {
                Some(Self::Many(addresses.iter().copied().filter(is_wanted).collect()))
            }
            Self::One(address) if is_wanted(address) => Some(self.clone()),
            Self::One(_) | Self::Many(_) => self.as_slice().first().copied().and_then(counterpart).map(Self::One),
        }
    }

    /// Never empty.
    pub(crate) fn as_slice(&self) -> &[SocketAddr] {
        match self {
            Self::Loopback => &[LOOPBACK_V4, LOOPBACK_V6],
            Self::One(address) => std::slice::from_ref(address),
            Self::Many(addresses) => addresses,
        }
    }
}

/// The address that means the same in the other family.
fn counterpart(address: SocketAddr) -> Option<SocketAddr> {
    let other: IpAddr = match address.ip() {
        ip if !ip.is_loopback() && !ip.is_unspecified() => return None,
        IpAddr::V4(ip) if ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V4(_) => Ipv6Addr::UNSPECIFIED.into(),
        IpAddr::V6(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED.into(),
    };
    Some(SocketAddr::new(other, 0))
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self::at(SocketAddr::new(address, 0))
    }
}

impl From<Ipv4Addr> for Host {
    fn from(address: Ipv4Addr) -> Self {
        IpAddr::V4(address).into()
    }
}

impl From<Ipv6Addr> for Host {
    fn from(address: Ipv6Addr) -> Self {
        IpAddr::V6(address).into()
    }
}

impl From<&str> for Host {
    fn from(host: &str) -> Self {
        // Brackets belong to an address; around anything else they are part of it.
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return address.into();
        }
        // A number as scope is read by std, in the only form of an address that has room for it.
        if let Ok(address) = format!("[{bare}]:0").parse() {
            return Self::at(address);
        }
        let name = if name::in_scope(bare).is_some() { bare } else { host };
        Self { inner: Inner::Name(name.to_owned()), variable: None }
    }
}

impl From<String> for Host {
    fn from(host: String) -> Self {
        host.as_str().into()
    }
}

impl From<&String> for Host {
    fn from(host: &String) -> Self {
        host.as_str().into()
    }
}

impl From<&Host> for Host {
    fn from(host: &Host) -> Self {
        host.clone()
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Host {}

impl Hash for Host {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            Inner::Address(SocketAddr::V6(address)) if address.scope_id() != 0 => {
                write!(formatter, "{}%{}", address.ip(), address.scope_id())
            }
            Inner::Address(address) => address.ip().fmt(formatter),
            Inner::Name(name) => name.fmt(formatter),
        }
    }
}
