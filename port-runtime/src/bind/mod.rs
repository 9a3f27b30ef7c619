//! A request becomes a bound socket: the sources in their order, in one place.

mod draft;
mod event;
mod group;
mod search;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::Socket;

use self::draft::Draft;
pub(crate) use self::draft::{Kind, at, bind_briefly, port_of};
pub(crate) use self::group::{Group, together};
use self::search::Search;
use crate::given::{self, listen_fds};
use crate::{Error, ErrorKind, PortRequest, sys};

/// A socket on a number that the request allows.
#[inline]
pub(crate) fn socket(request: &PortRequest, kind: Kind) -> Result<Socket, Error> {
    socket_and_host(request, kind).map(|(socket, _)| socket)
}

/// The same, with the address of the host that was taken (port 0), which a hold does not know by itself.
#[inline]
pub(crate) fn socket_and_host(request: &PortRequest, kind: Kind) -> Result<(Socket, SocketAddr), Error> {
    request.check()?;
    if request.timeout.is_some() && matches!(kind, Kind::Listener | Kind::Hold) && !sys::LINUX {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "`timeout` for a listener is promised on Linux and Android only; set it on the accepted connections",
        ));
    }
    if let Some(group) = &request.group {
        return group.join(request, kind);
    }
    if let Some(inherit) = given::inherited(request)? {
        return listen_fds::take(inherit, kind, |_| Ok(())).inspect(|&(_, address)| event::inherited(address).emit());
    }
    let request = &*given::decide(request)?;
    on_first_local_address(request, |address| {
        let mut draft = Draft::new(kind, address, request)?;
        let mut search = Search::new(request, 1);
        let found = search.run(|number| draft.attempt(number))?;
        Ok(match found {
            Some((number, socket)) => {
                event::bound(&socket, address, request, number, &search).emit();
                Ok((socket, address))
            }
            None => Err(search.error(request, address)),
        })
    })
    .map_err(|error| request.explain(error))
}

/// A listener on a number that is reserved.
pub(crate) fn listener_at(request: &PortRequest, address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = Draft::new(Kind::Listener, address, request).and_then(|mut draft| draft.bind_shared(address.port()));
    let socket = socket.map_err(|error| match error.kind() {
        // The second one is what Windows says of a port that somebody else has on every address.
        kind if kind == io::ErrorKind::AddrInUse || (cfg!(windows) && kind == io::ErrorKind::PermissionDenied) => {
            let message = format!("cannot listen on {address}: {error}; somebody listens there already");
            Error::system(ErrorKind::PortInUse, message, error)
        }
        _ => refused(request, address, error),
    })?;
    set_timeout(&socket, request.timeout)?;
    Ok(socket.into())
}

/// How long blocking calls may take.
#[inline]
pub(crate) fn set_timeout(socket: &Socket, timeout: Option<Duration>) -> Result<(), Error> {
    let Some(timeout) = timeout else { return Ok(()) };
    // The system counts in microseconds, and zero of them would mean no limit at all.
    let timeout = timeout.max(Duration::from_micros(1));
    socket.set_read_timeout(Some(timeout)).map_err(Error::set_up)?;
    socket.set_write_timeout(Some(timeout)).map_err(Error::set_up)
}

/// Calls `bind` with one address of the host after the other, until one is an address of this machine. The outer result
/// of `bind` is about the address, the inner one about the number.
fn on_first_local_address<T>(
    request: &PortRequest,
    mut bind: impl FnMut(SocketAddr) -> io::Result<Result<T, Error>>,
) -> Result<T, Error> {
    let addresses = request.addresses()?;
    let mut first = None;
    for &address in addresses.as_slice() {
        match bind(address) {
            Ok(result) => return result,
            Err(error) if sys::is_family_missing(&error) || error.kind() == io::ErrorKind::AddrNotAvailable => {
                first.get_or_insert((address, error));
            }
            Err(error) => return Err(refused(request, address, error)),
        }
    }
    match first {
        Some((address, error)) => Err(refused(request, address, error)),
        None => unreachable!("a host that resolves has an address"),
    }
}

fn refused(request: &PortRequest, address: SocketAddr, error: io::Error) -> Error {
    let place = request.place(address);
    let loopback = address.ip().is_loopback();
    let (kind, advice) = match error.kind() {
        _ if sys::is_descriptor_limit(&error) => {
            (ErrorKind::TooManyOpenFiles, "close some, or raise the limit (`ulimit -n`)")
        }
        // Where there is IPv6 at all, ::1 is an address of the machine.
        io::ErrorKind::AddrNotAvailable if !(address.is_ipv6() && loopback) => {
            (ErrorKind::AddrNotAvailable, "it is no address of this machine")
        }
        io::ErrorKind::AddrNotAvailable => (ErrorKind::Ipv6Unavailable, "this machine has no IPv6"),
        _ if sys::is_family_missing(&error) && address.is_ipv6() => {
            (ErrorKind::Ipv6Unavailable, "this machine has no IPv6")
        }
        io::ErrorKind::PermissionDenied => (ErrorKind::PermissionDenied, "the process may not open sockets"),
        _ => (ErrorKind::System, "the system refuses it"),
    };
    Error::system(kind, format!("cannot bind {place}: {error}; {advice}"), error)
}
