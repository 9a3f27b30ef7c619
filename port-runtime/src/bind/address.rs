//! The address, where a host stands for several.

use std::io;
use std::net::SocketAddr;

use crate::sys;

/// Calls `bind` with one address after the other, until one is an address of this machine. If none is, the first one is
/// what the error is about.
pub(super) fn first_local<T>(
    addresses: &[SocketAddr],
    mut bind: impl FnMut(SocketAddr) -> io::Result<T>,
) -> Result<T, (SocketAddr, io::Error)> {
    let mut first = None;
    for &address in addresses {
        match bind(address) {
            Ok(result) => return Ok(result),
            Err(error) if sys::is_family_missing(&error) || error.kind() == io::ErrorKind::AddrNotAvailable => {
                first.get_or_insert((address, error));
            }
            Err(error) => return Err((address, error)),
        }
    }
    Err(first.expect("a host that resolves has an address"))
}
