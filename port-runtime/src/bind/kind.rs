//! The kinds of socket, one row each. A new kind is a row here and a file in `types`; nobody asks which row it is, only
//! what stands in it.

use socket2::{SockRef, Type};

use crate::sys;
use crate::sys::sock_diag::Protocol;

/// What a socket is for, as far as binding it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(super) protocol: Protocol,
    /// It accepts connections as soon as it is bound. Then it may also come up past the connections that an earlier
    /// server left on its number, and others hold the number as long as it listens.
    pub(super) listens: bool,
    /// It keeps the number on every address of both families, and lets a server share it (Linux).
    pub(super) holds: bool,
    /// What is wrong with a socket that the service manager passed.
    pub(super) misfit: fn(&SockRef<'_>, Type) -> Result<(), &'static str>,
}

impl Kind {
    pub(crate) const LISTENER: Self =
        Self { protocol: Protocol::Tcp, listens: true, holds: false, misfit: no_listener };

    pub(crate) const DATAGRAM: Self =
        Self { protocol: Protocol::Udp, listens: false, holds: false, misfit: no_datagram_socket };

    /// TCP, never listening: a number for somebody else.
    pub(crate) const HOLD: Self = Self {
        protocol: Protocol::Tcp,
        listens: false,
        holds: true,
        misfit: |_, _| Err("cannot become a `ReservedPort`, which has no socket to pass; take a listener"),
    };

    /// TCP, to be connected: the client's own end.
    pub(crate) const CLIENT: Self = Self {
        protocol: Protocol::Tcp,
        listens: false,
        holds: false,
        misfit: |_, _| Err("cannot become a client's socket, which nobody passes; leave `inherit` out"),
    };
}

pub(super) fn socket_type(protocol: Protocol) -> Type {
    match protocol {
        Protocol::Tcp => Type::STREAM,
        Protocol::Udp => Type::DGRAM,
    }
}

fn no_listener(socket: &SockRef<'_>, found: Type) -> Result<(), &'static str> {
    match spoken(socket, found) {
        Some(Protocol::Tcp) if sys::is_listening(socket) => Ok(()),
        Some(Protocol::Tcp) if socket.peer_addr().is_ok() => {
            Err("is a TCP connection, where a listener is wanted; set `Accept=no`")
        }
        Some(Protocol::Tcp) => Err("is a TCP socket that does not listen"),
        Some(Protocol::Udp) => Err("is a UDP socket, where a TCP listener is wanted"),
        None => Err("is neither a TCP nor a UDP socket, and a TCP listener is wanted"),
    }
}

fn no_datagram_socket(socket: &SockRef<'_>, found: Type) -> Result<(), &'static str> {
    match spoken(socket, found) {
        Some(Protocol::Udp) if socket.peer_addr().is_ok() => {
            Err("is a UDP socket that is connected to one peer, where one for everybody is wanted")
        }
        Some(Protocol::Udp) => Ok(()),
        Some(Protocol::Tcp) => Err("is a TCP socket, where a UDP socket is wanted"),
        None => Err("is neither a TCP nor a UDP socket, and a UDP socket is wanted"),
    }
}

/// What a socket speaks, if it is one of the two. SCTP has sockets of the same type as TCP, and so have UDP-Lite and `ping`
/// as UDP. Where the system tells no protocol, the type has to do.
fn spoken(socket: &SockRef<'_>, found: Type) -> Option<Protocol> {
    let number = sys::protocol(socket);
    match found {
        Type::STREAM if number.is_none_or(|number| [TCP, MPTCP].contains(&number)) => Some(Protocol::Tcp),
        Type::DGRAM if number.is_none_or(|number| number == UDP) => Some(Protocol::Udp),
        _ => None,
    }
}

const TCP: i32 = 6;
/// TCP to everybody who does not know better.
const MPTCP: i32 = 262;
const UDP: i32 = 17;
