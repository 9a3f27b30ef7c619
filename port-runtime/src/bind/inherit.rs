//! Taking a socket that the service manager passed, if it is what is wanted.

use std::net::SocketAddr;

use socket2::SockRef;

use super::kind::Kind;
use crate::error::Error;
use crate::given::Inherit;
use crate::given::listen_fds::{self, Claim};

/// Claims the next passed socket, or the next of that name; `fits` has a say about its address.
pub(super) fn claim(
    inherit: &Inherit,
    kind: Kind,
    fits: impl Fn(SocketAddr) -> Result<(), String>,
) -> Result<(Claim, SocketAddr), Error> {
    listen_fds::claim(inherit, |socket| {
        let address = examine(socket, kind)?;
        fits(address).map(|()| address)
    })
}

/// The address of a socket that is what is asked for.
fn examine(socket: &SockRef<'_>, kind: Kind) -> Result<SocketAddr, String> {
    let found = socket.r#type().map_err(|_| "is not a socket")?;
    let address =
        socket.local_addr().ok().and_then(|address| address.as_socket()).ok_or("is not an internet socket")?;
    (kind.misfit)(socket, found)?;
    if address.port() == 0 {
        return Err("is not bound to a port".to_owned());
    }
    Ok(address)
}
