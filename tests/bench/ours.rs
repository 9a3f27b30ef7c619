//! The ways of this crate, all by attribute.

use std::net::{TcpListener, UdpSocket};
use std::ops::Range;

use port_runtime::{ClientSocket, DualStack, Error, ReservedPort, with_free_port};

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

/// Any free port of a range.
///
/// # Errors
///
/// Also when the range is full.
#[with_free_port]
pub fn at_random(
    ports: Range<u16>,
    #[free_port(range = ports, order = random)] listener: TcpListener,
) -> Result<TcpListener, Error> {
    Ok(listener)
}

/// The port of a key that all processes share, or the next one.
///
/// # Errors
///
/// Also when the range is full.
#[with_free_port]
pub fn stable(
    ports: Range<u16>,
    #[free_port(range = ports, order = stable("storm"))] listener: TcpListener,
) -> Result<TcpListener, Error> {
    Ok(listener)
}

/// The number in the middle, or else the lowest free one.
///
/// # Errors
///
/// Also when the range is full.
#[with_free_port]
pub fn preferred(
    ports: Range<u16>,
    #[free_port(prefer = ports.start.midpoint(ports.end), range = ports)] listener: TcpListener,
) -> Result<TcpListener, Error> {
    Ok(listener)
}

/// A client's own end.
///
/// # Errors
///
/// See [`listener`].
#[with_free_port]
pub fn client(socket: ClientSocket) -> Result<ClientSocket, Error> {
    Ok(socket)
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

/// A server that was told the number of a hold, as a child process is. Outside Linux the hold is exclusive, and the server
/// is started by the hold itself.
///
/// # Errors
///
/// Also when somebody listens there already.
pub fn server_under(port: &ReservedPort) -> Result<TcpListener, Error> {
    if cfg!(target_os = "linux") { TcpListener::bind(port.addr()).map_err(Error::other) } else { port.listen() }
}
