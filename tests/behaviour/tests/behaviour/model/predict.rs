//! The model: what has to come of a request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::time::Duration;

use port_runtime::ErrorKind;

use super::Busy;
use super::wish::{FOREIGN, Says, Variable, Wish};

/// What one socket takes of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Claim {
    Tcp,
    Udp,
    /// TCP on every address.
    Hold,
}

impl Claim {
    fn at(self, host: IpAddr, port: u16) -> Busy {
        let address = if self == Self::Hold { Ipv6Addr::UNSPECIFIED.into() } else { host };
        Busy { udp: self == Self::Udp, address, port }
    }
}

/// The ports, of which `None` is the kernel's choice, or the error.
pub(super) fn predict(
    wish: &Wish,
    claims: &[Claim],
    count: usize,
    busy: &[Busy],
    denied: &Range<u16>,
) -> Result<Vec<Option<u16>>, ErrorKind> {
    let Wish { host, range, prefer, variable, timeout, .. } = wish;
    let no_range = range.is_some_and(|range| range.numbers().is_empty() || range.numbers().contains(&0));
    if count > 1 && variable.is_some() || no_range || *prefer == Some(0) || *timeout == Some(Duration::ZERO) {
        return Err(ErrorKind::InvalidRequest);
    }
    let (host, exact) = match variable.as_ref().map(Variable::says) {
        Some(Says::Nonsense) => return Err(ErrorKind::EnvironmentVariable),
        Some(Says::Port(port)) => (*host, Some(port)),
        Some(Says::Address(host, port)) => (Some(host), Some(port)),
        Some(Says::Nothing) | None => (*host, None),
    };
    let host = host.unwrap_or(Ipv4Addr::LOCALHOST.into());
    let numbers: Vec<u16> = match exact {
        Some(port) => Some(port).filter(|port| *port != 0).into_iter().collect(),
        None => prefer.iter().copied().chain(range.iter().flat_map(|range| range.numbers())).collect(),
    };
    let kernel_may_choose = exact.map_or(range.is_none(), |port| port == 0);
    // A hold is on every address, so whose address was asked for is looked at last.
    if host == FOREIGN && claims[0] != Claim::Hold {
        return Err(ErrorKind::AddrNotAvailable);
    }
    let mut busy = busy.to_vec();
    (0..count)
        .map(|_| {
            let is_free = |port| claims.iter().all(|claim| !busy.iter().any(|it| overlap(it, &claim.at(host, port))));
            match numbers.iter().find(|port| !denied.contains(port) && is_free(**port)) {
                None if !kernel_may_choose && numbers.iter().all(|port| denied.contains(port)) => {
                    Err(ErrorKind::PermissionDenied)
                }
                None if !kernel_may_choose && exact.is_some() => Err(ErrorKind::PortInUse),
                None if !kernel_may_choose => Err(ErrorKind::NoFreePort),
                _ if host == FOREIGN => Err(ErrorKind::AddrNotAvailable),
                port => {
                    busy.extend(port.iter().flat_map(|port| claims.iter().map(|claim| claim.at(host, **port))));
                    Ok(port.copied())
                }
            }
        })
        .collect()
}

fn overlap(one: &Busy, other: &Busy) -> bool {
    let covers = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
    let (a, b) = (one.address, other.address);
    one.udp == other.udp && one.port == other.port && (a == b || covers(a, b) || covers(b, a))
}
