use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::bind::together;
use crate::{Error, FromFreePort, Host, PortRequest};

/// Two sockets on one port number: one for IPv4, and one for IPv6 that leaves IPv4 alone (`IPV6_V6ONLY`).
///
/// By default they are on 127.0.0.1 and `::1`, the two that `localhost` can mean. With `host = "0.0.0.0"` or `"::"` they are
/// on every address of their family. A host name has to resolve to addresses of both, unless it means the loopback.
/// Without IPv6 the error is [`Ipv6Unavailable`](crate::ErrorKind::Ipv6Unavailable).
///
/// ```
/// use port_runtime::{DualStack, PortRequest};
/// use std::net::{TcpListener, TcpStream};
///
/// # if TcpListener::bind("[::1]:0").is_err() { return Ok(()) }
/// let both: DualStack<TcpListener> = PortRequest::new().bind()?;
/// let port = both.v4.local_addr()?.port();
/// TcpStream::connect(("127.0.0.1", port))?;
/// TcpStream::connect(("::1", port))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DualStack<T> {
    /// The one on IPv4.
    pub v4: T,
    /// The one on IPv6.
    pub v6: T,
}

impl<T: FromFreePort> FromFreePort for DualStack<T> {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let (v4, v6) = together(request, |request, members: &mut (Option<T>, Option<T>)| {
            let [v4, v6] = both_families(request)?.map(|address| PortRequest {
                host: Some(Host::at(address)),
                dual_stack: true,
                ..request.clone()
            });
            members.0 = Some(v4.bind()?);
            members.1 = Some(v6.bind()?);
            Ok(())
        })?;
        match (v4, v6) {
            (Some(v4), Some(v6)) => Ok(Self { v4, v6 }),
            _ => unreachable!("both halves were filled"),
        }
    }
}

fn both_families(request: &PortRequest) -> Result<[SocketAddr; 2], Error> {
    let addresses = request.addresses()?;
    let addresses = addresses.as_slice();
    let v4 = addresses.iter().copied().find(SocketAddr::is_ipv4);
    let v6 = addresses.iter().copied().find(SocketAddr::is_ipv6);
    match (v4, v6) {
        (Some(v4), Some(v6)) => Some([v4, v6]),
        (Some(v4), None) => counterpart(v4).map(|v6| [v4, v6]),
        (None, Some(v6)) => counterpart(v6).map(|v4| [v4, v6]),
        (None, None) => None,
    }
    .ok_or_else(|| {
        let place = addresses.first().map_or_else(String::new, |&address| request.place(address));
        Error::invalid(format!(
            "`DualStack` needs an address of both families, and {place} has none of the other; leave `host` out or give `::`"
        ))
    })
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
