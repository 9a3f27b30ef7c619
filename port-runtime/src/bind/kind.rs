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
    match found {
        _ if is_of_others(socket) => Err("is neither a TCP nor a UDP socket, and a TCP listener is wanted"),
        Type::STREAM if sys::is_listening(socket) => Ok(()),
        Type::STREAM if socket.peer_addr().is_ok() => {
            Err("is a TCP connection, where a listener is wanted; set `Accept=no`")
        }
        Type::STREAM => Err("is a TCP socket that does not listen"),
        Type::DGRAM => Err("is a UDP socket, where a TCP listener is wanted"),
        _ => Err("is neither a TCP nor a UDP socket, and a TCP listener is wanted"),
    }
}

fn no_datagram_socket(socket: &SockRef<'_>, found: Type) -> Result<(), &'static str> {
    match found {
        _ if is_of_others(socket) => Err("is neither a TCP nor a UDP socket, and a UDP socket is wanted"),
        Type::DGRAM if socket.peer_addr().is_ok() => {
            Err("is a UDP socket that is connected to one peer, where one for everybody is wanted")
        }
        Type::DGRAM => Ok(()),
        Type::STREAM => Err("is a TCP socket, where a UDP socket is wanted"),
        _ => Err("is neither a TCP nor a UDP socket, and a UDP socket is wanted"),
    }
}

/// What the type does not tell: SCTP has streams, UDP-Lite and pings are datagrams. MPTCP is TCP to those who know no other.
fn is_of_others(socket: &SockRef<'_>) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        const MPTCP: i32 = 262;

        let known = [socket2::Protocol::TCP, socket2::Protocol::UDP, MPTCP.into()];
        // Where the system does not tell, the type has to do.
        socket.protocol().ok().flatten().is_some_and(|found| !known.contains(&found))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = socket;
        false
    }
}
