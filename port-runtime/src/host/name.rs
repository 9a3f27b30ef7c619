//! A host that is more than an address: a name, an address in the scope of an interface, or what only looks like either.
//!
//! `Host` asks when a socket is bound, and `given::env` when it reads a variable. Nothing is remembered: a name may lead
//! elsewhere next time.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, ToSocketAddrs};

use super::meant;
use crate::error::{Error, ErrorKind};
use crate::sys;

/// The addresses of a name, port 0. Never empty.
pub(super) fn resolve(name: &str) -> Result<Vec<SocketAddr>, Error> {
    let wrong =
        |what: &str| format!("host `{}` {what}; give an address or a name of this machine", name.escape_debug());
    let not_found = |why: &str| Error::new(ErrorKind::HostNotFound, wrong(&format!("does not resolve: {why}")));
    if name.is_empty() {
        // On Windows it is all addresses of this machine.
        return Err(not_found("it is empty"));
    }
    if let Some((address, interface)) = in_scope(name) {
        let address = on_interface(address, interface).map_err(|why| not_found(&why))?;
        return Ok(vec![address.into()]);
    }
    if let Some(host) = meant::host(name) {
        let message = format!("host `{}` is neither an address nor a name; write `{host}`", name.escape_debug());
        return Err(Error::new(ErrorKind::HostNotFound, message));
    }
    if abbreviates_an_address(name) {
        return Err(Error::new(ErrorKind::HostNotFound, wrong(NEITHER)));
    }
    let found =
        |error: io::Error| Error::system(ErrorKind::HostNotFound, wrong(&format!("does not resolve: {error}")), &error);
    let addresses: Vec<_> = (name, 0).to_socket_addrs().map_err(found)?.collect();
    if addresses.is_empty() { Err(not_found("it has no address")) } else { Ok(addresses) }
}

/// What is to be said of an abbreviation.
pub(crate) const NEITHER: &str = "is neither a whole address nor a name";

/// `0`, `127.1`, `0x7f.1`, `010.0.0.1`: the system would read these as addresses, and mostly not as those that were meant.
/// No name looks like this: the last part of one is never a number.
pub(crate) fn abbreviates_an_address(name: &str) -> bool {
    let is_number = |part: &str| match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        Some(hexadecimal) => hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => part.bytes().all(|byte| byte.is_ascii_digit()),
    };
    name.split('.').all(is_number)
}

/// The parts of `fe80::1%eth0`. A number in the place of the name is part of an address as std reads it.
pub(crate) fn in_scope(host: &str) -> Option<(Ipv6Addr, &str)> {
    let (address, interface) = host.split_once('%')?;
    Some((address.parse().ok()?, interface))
}

/// The address on that interface of this machine, port 0, or why it cannot be had.
pub(crate) fn on_interface(address: Ipv6Addr, interface: &str) -> Result<SocketAddrV6, String> {
    let scope = sys::interface_index(interface)
        .ok_or_else(|| format!("this machine has no interface `{}`", interface.escape_debug()))?;
    Ok(SocketAddrV6::new(address, 0, 0, scope))
}
