//! Sockets of other programs, which `port-runtime` has to get along with.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A socket that is bound without any option, and does not listen. On IPv6 it leaves IPv4 alone.
pub(crate) fn plain(kind: Type, address: impl Into<SocketAddr>) -> io::Result<Socket> {
    let address = address.into();
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

/// A socket that keeps a TCP port but does not listen: bound without `SO_REUSEADDR`, which on Linux is then set.
pub(crate) fn hold(address: impl Into<SocketAddr>) -> Socket {
    let socket = plain(Type::STREAM, address).expect("the port to hold is free");
    socket.set_reuse_address(cfg!(target_os = "linux")).unwrap();
    socket
}

/// A [`hold`] on every address of both families, or of IPv4 where there is no IPv6. Outside Linux it is on one address, as
/// a `ReservedPort` is.
pub(crate) fn hold_everywhere(port: u16) -> Socket {
    if !cfg!(target_os = "linux") {
        return hold((Ipv4Addr::LOCALHOST, port));
    }
    let Ok(socket) = Socket::new(Domain::IPV6, Type::STREAM, None) else {
        return hold((Ipv4Addr::UNSPECIFIED, port));
    };
    socket.set_only_v6(false).unwrap();
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into()).expect("the port to hold is free");
    socket.set_reuse_address(true).unwrap();
    socket
}

/// A client that does not wait forever when the server is broken.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).expect("somebody listens");
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    client
}
