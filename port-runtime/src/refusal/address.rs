//! An address, or a socket, that the system refuses, whatever the number.

use std::io;
use std::net::SocketAddr;

use super::numbers::PRIVILEGED;
use crate::error::{Error, ErrorKind};
use crate::host::Host;
use crate::sys;

const CLOSE_SOME: &str = "close some, or raise the limit (`ulimit -n`)";

/// An address as messages name it: with the name that was asked for.
pub(crate) fn place(host: Option<&Host>, address: SocketAddr) -> String {
    match host {
        Some(name) if name.is_name() => format!("{name} ({})", address.ip()),
        _ => address.ip().to_string(),
    }
}

/// What was asked of the system is about the address: no other number would mend it.
pub(crate) fn refused(host: Option<&Host>, address: SocketAddr, error: &io::Error) -> Error {
    let place = place(host, address);
    let loopback = address.ip().is_loopback();
    let (kind, advice) = match error.kind() {
        _ if sys::is_descriptor_limit(error) => (ErrorKind::TooManyOpenFiles, CLOSE_SOME),
        // Where there is IPv6 at all, ::1 is an address of the machine.
        io::ErrorKind::AddrNotAvailable if !(address.is_ipv6() && loopback) => {
            (ErrorKind::AddrNotAvailable, "it is not an address of this machine")
        }
        io::ErrorKind::AddrNotAvailable => (ErrorKind::Ipv6Unavailable, "this machine has no IPv6"),
        _ if sys::is_family_missing(error) && address.is_ipv6() => {
            (ErrorKind::Ipv6Unavailable, "this machine has no IPv6")
        }
        io::ErrorKind::PermissionDenied if address.is_ipv6() => {
            (ErrorKind::PermissionDenied, "the process may not open IPv6 sockets")
        }
        io::ErrorKind::PermissionDenied => (ErrorKind::PermissionDenied, "the process may not open sockets"),
        io::ErrorKind::InvalidInput if lacks_scope(address) => {
            (ErrorKind::System, "an address of one link needs its interface, as in `fe80::1%eth0`")
        }
        _ => (ErrorKind::System, "the system refuses it"),
    };
    let error = Error::system(kind, format!("cannot bind {place}: {error}; {advice}"), error);
    match host.and_then(Host::told_by) {
        Some(told_by) => error.because(&told_by),
        None => error,
    }
}

fn lacks_scope(address: SocketAddr) -> bool {
    matches!(address, SocketAddr::V6(address) if address.ip().is_unicast_link_local() && address.scope_id() == 0)
}

/// A socket that was had, but could not be made what its type needs.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn not_set_up(error: io::Error) -> Error {
    let message = format!("cannot set up the socket: {error}");
    if sys::is_descriptor_limit(&error) {
        return Error::system(ErrorKind::TooManyOpenFiles, format!("{message}; {CLOSE_SOME}"), &error);
    }
    Error::system(ErrorKind::System, message, &error)
}

/// A reserved number that its owner cannot listen on.
pub(crate) fn cannot_listen(address: SocketAddr, error: &io::Error) -> Error {
    let (kind, advice) = match error.kind() {
        io::ErrorKind::PermissionDenied if cfg!(unix) && address.port() < 1024 => {
            (ErrorKind::PermissionDenied, PRIVILEGED)
        }
        io::ErrorKind::PermissionDenied if cfg!(unix) => (ErrorKind::PermissionDenied, ""),
        // On Windows a lack of permission is what the system says of a port that somebody else has on every address.
        _ => (ErrorKind::PortInUse, "; somebody listens there already, or is about to"),
    };
    Error::system(kind, format!("cannot listen on {address}: {error}{advice}"), error)
}
