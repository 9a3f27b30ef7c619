//! Where a socket is bound, without the three calls that std takes for it. Each runtime's file adds its own types with
//! [`bound!`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::DualStack;

/// Where a socket is bound: `listener.port()` instead of `listener.local_addr().unwrap().port()`.
///
/// It is implemented for every socket that this crate binds, and for [`DualStack`], whose port is one number.
/// [`ReservedPort`](crate::ReservedPort) has the same methods by itself.
///
/// ```
/// use port_runtime::{Bound, with_free_port};
/// use std::net::{TcpListener, TcpStream};
///
/// #[with_free_port]
/// fn answers(listener: TcpListener) -> std::io::Result<()> {
///     assert_eq!(listener.url("http"), format!("http://127.0.0.1:{}", listener.port()));
///     TcpStream::connect(listener.addr())?;
///     Ok(())
/// }
/// # answers().unwrap();
/// ```
///
/// A server of your own implements [`addr`](Self::addr), and has all three:
///
/// ```
/// use port_runtime::Bound;
/// use std::net::SocketAddr;
///
/// struct TestServer {
///     address: SocketAddr,
/// }
///
/// impl Bound for TestServer {
///     fn addr(&self) -> SocketAddr {
///         self.address
///     }
/// }
///
/// let server = TestServer { address: ([0, 0, 0, 0], 8080).into() };
/// assert_eq!(server.url("ws") + "/chat", "ws://127.0.0.1:8080/chat");
/// ```
pub trait Bound {
    /// The address with the port, as `local_addr` tells it: 0.0.0.0 for a socket on every interface. Of a
    /// [`DualStack`], that of its IPv4 half.
    ///
    /// # Panics
    ///
    /// For a socket where the system does not tell its address, which it does as long as the socket is open.
    ///
    /// ```
    /// use port_runtime::{Bound, PortRequest};
    /// use std::net::{Ipv4Addr, UdpSocket};
    ///
    /// let socket: UdpSocket = PortRequest::new().bind()?;
    /// assert_eq!(socket.addr().ip(), Ipv4Addr::LOCALHOST);
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    fn addr(&self) -> SocketAddr;

    /// The port number.
    ///
    /// # Panics
    ///
    /// As [`addr`](Self::addr) does.
    ///
    /// ```
    /// use port_runtime::{Bound, PortRequest};
    /// use std::net::{TcpListener, UdpSocket};
    ///
    /// let (tcp, udp): (TcpListener, UdpSocket) = PortRequest::new().bind()?;
    /// assert_eq!(tcp.port(), udp.port());
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    #[track_caller]
    fn port(&self) -> u16 {
        self.addr().port()
    }

    /// What a client on this machine opens, without a slash at the end: `http://127.0.0.1:8080`.
    ///
    /// A socket on every interface is opened at the loopback, 127.0.0.1 or `[::1]`. An IPv6 address stands in brackets, its
    /// scope as RFC 6874 writes it (`[fe80::1%252]`), which some clients refuse.
    ///
    /// # Panics
    ///
    /// As [`addr`](Self::addr) does.
    ///
    /// ```
    /// use port_runtime::{Bound, PortRequest};
    /// use std::net::TcpListener;
    ///
    /// let listener: TcpListener = PortRequest::new().host("0.0.0.0").bind()?;
    /// assert_eq!(listener.url("http"), format!("http://127.0.0.1:{}", listener.port()));
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    #[track_caller]
    fn url(&self, scheme: &str) -> String {
        url(scheme, self.addr())
    }
}

/// The URL of what is bound to an address.
pub(crate) fn url(scheme: &str, address: SocketAddr) -> String {
    let loopback: IpAddr = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        // Only the scope of an IPv6 address has this sign, and there it has to be escaped.
        _ => return format!("{scheme}://{}", address.to_string().replace('%', "%25")),
    };
    format!("{scheme}://{}", SocketAddr::new(loopback, address.port()))
}

/// Implements [`Bound`] for types with a `local_addr`.
macro_rules! bound {
    ($($Socket:ty),+) => {
        $(impl $crate::types::bound::Bound for $Socket {
            #[track_caller]
            fn addr(&self) -> ::std::net::SocketAddr {
                match self.local_addr() {
                    Ok(address) => address,
                    Err(error) => panic!("the system does not tell the address of a bound socket: {error}"),
                }
            }
        })+
    };
}

pub(super) use bound;

impl<T: Bound> Bound for DualStack<T> {
    #[track_caller]
    fn addr(&self) -> SocketAddr {
        self.v4.addr()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, SocketAddrV6};

    use super::{Bound, url};

    #[test]
    fn a_url_is_what_a_client_opens() {
        for (address, opened) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("192.168.1.2:8080", "http://192.168.1.2:8080"),
            ("[::]:8080", "http://[::1]:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("[2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
            ("[fe80::1%2]:8080", "http://[fe80::1%252]:8080"),
            ("[::ffff:127.0.0.1]:8080", "http://[::ffff:127.0.0.1]:8080"),
        ] {
            assert_eq!(url("http", address.parse().unwrap()), opened);
        }
        // A scope says nothing about every interface.
        let everywhere = SocketAddrV6::new(std::net::Ipv6Addr::UNSPECIFIED, 8080, 0, 2);
        assert_eq!(url("https", everywhere.into()), "https://[::1]:8080");
    }

    #[test]
    fn a_trait_object_will_do() {
        struct Server;
        impl Bound for Server {
            fn addr(&self) -> SocketAddr {
                ([0, 0, 0, 0], 8080).into()
            }
        }
        let server: &dyn Bound = &Server;
        assert_eq!((server.port(), server.url("ws").as_str()), (8080, "ws://127.0.0.1:8080"));
    }
}
