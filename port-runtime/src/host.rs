use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, ToSocketAddrs};

use crate::{Error, ErrorKind};

/// The address to bind: an IP address, or a name that resolves to addresses of this machine.
///
/// It is made from [`IpAddr`], [`Ipv4Addr`], [`Ipv6Addr`], `&str`, `String`, or a reference to a `String` or a `Host`. A string that is no IP address is a name;
/// it is resolved when a socket is bound, and the first of its addresses that this machine has is taken.
///
/// ```
/// use port_runtime::Host;
/// use std::net::Ipv6Addr;
///
/// assert_eq!(Host::from("[::1]"), Host::from(Ipv6Addr::LOCALHOST));
/// assert_eq!(Host::from("localhost").to_string(), "localhost");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host(Inner);

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
            host => host.into(),
        }
    }

    /// One address with its IPv6 scope, which [`IpAddr`] has no room for.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self(Inner::Address(address))
    }

    pub(crate) fn is_name(&self) -> bool {
        matches!(self.0, Inner::Name(_))
    }
}

/// The addresses of a host, port 0, in the order in which they are tried.
#[derive(Debug)]
pub(crate) enum Addresses {
    /// No host was given: IPv6 only where the machine has no IPv4.
    Loopback,
    One(SocketAddr),
    Many(Vec<SocketAddr>),
}

const LOOPBACK_V4: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
const LOOPBACK_V6: SocketAddr = SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0));

impl Addresses {
    #[inline]
    pub(crate) fn of(host: Option<&Host>) -> Result<Self, Error> {
        match host.map(|host| &host.0) {
            None => Ok(Self::Loopback),
            Some(Inner::Address(address)) => Ok(Self::One(*address)),
            Some(Inner::Name(name)) => resolve(name).map(Self::Many),
        }
    }

    /// Never empty.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[SocketAddr] {
        match self {
            Self::Loopback => &[LOOPBACK_V4, LOOPBACK_V6],
            Self::One(address) => std::slice::from_ref(address),
            Self::Many(addresses) => addresses,
        }
    }
}

fn resolve(name: &str) -> Result<Vec<SocketAddr>, Error> {
    let not_found = |reason: String| {
        format!("host `{}` does not resolve: {reason}; give an address or a name of this machine", name.escape_debug())
    };
    let addresses = match name {
        // On Windows it is all addresses of this machine.
        "" => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is empty")),
        name => (name, 0).to_socket_addrs(),
    };
    match addresses {
        Ok(addresses) if addresses.len() == 0 => {
            Err(Error::new(ErrorKind::HostNotFound, not_found("it has no address".to_owned())))
        }
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(Error::system(ErrorKind::HostNotFound, not_found(error.to_string()), error)),
    }
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
        bare.parse::<IpAddr>().map_or_else(|_| Self(Inner::Name(host.to_owned())), Self::from)
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

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Address(address) => address.ip().fmt(formatter),
            Inner::Name(name) => name.fmt(formatter),
        }
    }
}
