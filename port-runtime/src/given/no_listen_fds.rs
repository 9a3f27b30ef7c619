//! Descriptors are passed on Unix only: elsewhere there never are any.

use std::net::SocketAddr;

use socket2::Socket;

use super::Inherit;
use crate::bind::Kind;
use crate::{Error, ErrorKind};

#[expect(clippy::unnecessary_wraps, reason = "the environment can be wrong on Unix")]
pub(crate) fn are_passed() -> Result<bool, Error> {
    Ok(false)
}

pub(crate) fn take(
    inherit: &Inherit,
    _: Kind,
    _: impl FnOnce(SocketAddr) -> Result<(), String>,
) -> Result<(Socket, SocketAddr), Error> {
    let named = match inherit {
        Inherit::Next => String::new(),
        Inherit::Named(name) => format!(" named `{name}`"),
    };
    Err(Error::new(ErrorKind::Unsupported, format!("no socket{named} can be passed here; that is for Unix")))
}
