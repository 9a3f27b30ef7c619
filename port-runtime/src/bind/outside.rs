//! What is given from outside, applied to a request.

use std::borrow::Cow;
use std::net::SocketAddr;

use socket2::{SockRef, Socket, Type};

use super::Kind;
use crate::error::Error;
use crate::given::{Assigned, Inherit, env, listen_fds, port_server};
use crate::request::PortRequest;
#[cfg(unix)]
use crate::sys;

/// A number that has to be taken as it is.
#[derive(Debug, Clone)]
pub(crate) struct Exact {
    pub(crate) port: u16,
    /// Who says so, for messages.
    pub(crate) told_by: String,
    /// Then the environment variable had nothing to say.
    pub(crate) by_port_server: bool,
}

const _: fn() -> Option<String> = listen_fds::left_over;

/// Which passed socket to take, where that is asked for and any were passed.
pub(crate) fn inherited(request: &PortRequest) -> Result<Option<&Inherit>, Error> {
    match &request.inherit {
        Some(inherit) if listen_fds::are_passed()? => Ok(Some(inherit)),
        _ => Ok(None),
    }
}

/// The request with what the environment variable or the port server decides, where they are asked and present.
pub(crate) fn decide(request: &PortRequest) -> Result<Cow<'_, PortRequest>, Error> {
    let from_env = request.env.as_ref().map(|name| env::assigned(name)).transpose()?.flatten();
    let by_port_server = from_env.is_none();
    let assigned = match from_env {
        None if request.port_server => port_server::assigned()?,
        from_env => from_env,
    };
    let Some(Assigned { host, port, by }) = assigned else { return Ok(Cow::Borrowed(request)) };
    let exact = Exact { port, told_by: by, by_port_server };
    let host = host.or_else(|| request.host.clone());
    Ok(Cow::Owned(PortRequest { host, exact: Some(exact), ..request.clone() }))
}

pub(crate) fn take(
    inherit: &Inherit,
    kind: Kind,
    fits: impl Fn(SocketAddr) -> Result<(), String>,
) -> Result<(Socket, SocketAddr), Error> {
    let (claim, address) = listen_fds::claim(inherit, |socket| {
        let address = examine(socket, kind)?;
        fits(address)?;
        Ok(address)
    })?;
    let socket = claim.copy().map_err(Error::set_up)?;
    #[cfg(unix)]
    if socket.nonblocking().map_err(Error::set_up)? {
        socket.set_nonblocking(false).map_err(Error::set_up)?;
    }
    claim.keep();
    Ok((socket, address))
}

/// The address of a socket that is what is asked for.
fn examine(socket: &SockRef<'_>, kind: Kind) -> Result<SocketAddr, String> {
    let protocol = socket.r#type().map_err(|_| "is not a socket")?;
    let address = socket.local_addr().ok().and_then(|it| it.as_socket()).ok_or("is not an internet socket")?;
    #[cfg(unix)]
    let listens = sys::is_listening(socket);
    #[cfg(not(unix))]
    let listens = true;
    match kind {
        Kind::Listener if protocol == Type::STREAM && listens => Ok(address),
        Kind::Listener if protocol == Type::STREAM && socket.peer_addr().is_ok() => {
            Err("is a TCP connection, where a listener is wanted; set `Accept=no`".to_owned())
        }
        Kind::Listener if protocol == Type::STREAM => Err("is a TCP socket that does not listen".to_owned()),
        Kind::Listener => Err("is a UDP socket, where a TCP listener is wanted".to_owned()),
        Kind::Datagram if protocol == Type::DGRAM => Ok(address),
        Kind::Datagram => Err("is a TCP socket, where a UDP socket is wanted".to_owned()),
        Kind::Hold => Err("cannot become a `ReservedPort`, which has no socket to pass; take a listener".to_owned()),
    }
}
