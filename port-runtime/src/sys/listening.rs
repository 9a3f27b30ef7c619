//! Who listens on a number, as seen by somebody who wants to connect (Linux). No connection is made.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

use super::sock_diag::{self, State};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Listening {
    Here,
    /// Not where a connection to the address arrives, but, with the same number, on these. There may be none.
    Elsewhere(Vec<SocketAddr>),
}

pub(crate) fn on(address: SocketAddr) -> io::Result<Listening> {
    let port = address.port();
    let Ok(listeners) = sock_diag::tcp(&[State::Listen], port..=port) else {
        // A sandbox does not let everybody ask.
        return Ok(if somebody(address)? { Listening::Here } else { Listening::Elsewhere(Vec::new()) });
    };
    let mut elsewhere = Vec::new();
    for listener in listeners {
        if listener.accepts(address) {
            return Ok(Listening::Here);
        }
        elsewhere.push(listener.address);
    }
    Ok(Listening::Elsewhere(elsewhere))
}

/// Where the table of sockets cannot be read: by a bind that shares the port with all but a listener, and is over at once.
pub(crate) fn somebody(address: SocketAddr) -> io::Result<bool> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    match socket.bind(&address.into()) {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Ok(true),
        Err(error) => Err(error),
    }
}
