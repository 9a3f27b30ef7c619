//! One number on both address families.

use super::FromFreePort;
use crate::error::Error;
use crate::host::Family;
use crate::request::PortRequest;

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
        request.on_one_number(|request| {
            let v4 = T::from_free_port(&request.of_family(Family::V4))?;
            let v6 = T::from_free_port(&request.of_family(Family::V6))?;
            Ok(Self { v4, v6 })
        })
    }
}
