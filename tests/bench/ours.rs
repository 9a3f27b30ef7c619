//! The ways of this crate, all by attribute.

use std::io;
use std::net::{TcpListener, UdpSocket};
use std::ops::Range;

use port_runtime::{DualStack, Error, ReservedPort, with_free_port};

/// A listener.
///
/// # Errors
///
/// When no port can be had; the same for all below.
#[with_free_port]
pub fn listener(listener: TcpListener) -> Result<TcpListener, Error> {
    Ok(listener)
}

/// The lowest free port of a range.
///
/// # Errors
///
/// Also when the range is full.
#[with_free_port]
pub fn in_range(ports: Range<u16>, #[free_port(range = ports)] listener: TcpListener) -> Result<TcpListener, Error> {
    Ok(listener)
}

/// One number for both protocols.
///
/// # Errors
///
/// See [`listener`].
#[with_free_port]
pub fn pair(sockets: (TcpListener, UdpSocket)) -> Result<(TcpListener, UdpSocket), Error> {
    Ok(sockets)
}

/// One number on both families.
///
/// # Errors
///
/// Also without IPv6.
#[with_free_port]
pub fn dual_stack(listeners: DualStack<TcpListener>) -> Result<DualStack<TcpListener>, Error> {
    Ok(listeners)
}

/// A number that is held.
///
/// # Errors
///
/// See [`listener`].
#[with_free_port]
pub fn reserved(port: ReservedPort) -> Result<ReservedPort, Error> {
    Ok(port)
}

/// A number that is held, and a server on it which was told the number, as a child process is. Outside Linux the hold is
/// exclusive, and the server is started by the hold itself.
///
/// # Errors
///
/// Also when somebody listens there already.
#[with_free_port]
pub fn reserved_for_child(port: ReservedPort) -> io::Result<(TcpListener, ReservedPort)> {
    let server = if cfg!(target_os = "linux") { TcpListener::bind(port.addr())? } else { port.listen()? };
    Ok((server, port))
}
