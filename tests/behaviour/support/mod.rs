//! What the tests of several subjects need.

pub(crate) mod block;
#[cfg(target_os = "linux")]
mod linux;
pub(crate) mod sockets;

pub(crate) use self::block::Block;
#[cfg(target_os = "linux")]
pub(crate) use self::linux::*;

use std::fmt::Debug;
use std::net::SocketAddr;

use port_runtime::{Error, ErrorKind};

/// The port, with the address that it has to be on.
#[track_caller]
pub(crate) fn port_on(address: &str, found: std::io::Result<SocketAddr>) -> u16 {
    let found = found.expect("a bound socket has an address");
    assert_eq!(found.ip().to_string(), address);
    assert_ne!(found.port(), 0);
    found.port()
}

/// What an error says of numbers that are in use, without who has them: that is for the tests of it alone, since not
/// every system tells.
pub(crate) fn without_holders(error: &Error) -> String {
    let message = error.to_string();
    let told =
        message.split("; ").filter(|part| !(part.starts_with(|c: char| c.is_ascii_digit()) && part.contains(" by ")));
    told.map(|part| {
        part.split_once(" in use by ").map_or_else(|| part.to_owned(), |(before, _)| format!("{before} in use"))
    })
    .collect::<Vec<_>>()
    .join("; ")
}

/// Compares an error with what users see of it, but for the holders of ports.
#[track_caller]
pub(crate) fn assert_error<T: Debug>(result: Result<T, Error>, kind: ErrorKind, message: &str) {
    let error = result.expect_err("no port was to be had");
    assert_eq!(without_holders(&error), message);
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(format!("{error:?}"), error.to_string());
}
