//! The model: what has to come of a request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::time::Duration;

use port_runtime::ErrorKind;
use socket2::{Domain, Socket, Type};

use super::wish::{FOREIGN, Says, Variable, Wish};
use super::{Busy, Kind};

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
        match self {
            Self::Tcp => Busy { kind: Kind::Listener, address: host, port },
            Self::Udp => Busy { kind: Kind::Udp, address: host, port },
            Self::Hold => Busy { kind: Kind::Idle, address: Ipv6Addr::UNSPECIFIED.into(), port },
        }
    }

    /// Whether it can be had beside these.
    fn is_free(self, way: Way, host: IpAddr, port: u16, busy: &[Busy]) -> bool {
        let wanted = self.at(host, port);
        let in_the_way = || busy.iter().filter(|it| overlap(it, &wanted));
        // Who is bound and does not listen may be about to. A child is only let under what looks like a reservation.
        let may_share = self == Self::Tcp && way == Way::Shared;
        let without_ipv6 = || Socket::new(Domain::IPV6, Type::STREAM, None).is_err();
        let is_hold = |it: &Busy| {
            it.kind == Kind::Idle && it.address.is_unspecified() && (it.address.is_ipv6() || without_ipv6())
        };
        in_the_way().next().is_none() || may_share && in_the_way().all(is_hold)
    }
}

/// What a listener puts up with.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Plain,
    Shared,
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
    let allowed = prefer.iter().copied().chain(range.iter().flat_map(|range| range.numbers()));
    let numbers: Vec<(Way, u16)> = match exact {
        Some(port) => Some((Way::Shared, port)).filter(|_| port != 0).into_iter().collect(),
        None => allowed.map(|port| (Way::Plain, port)).collect(),
    };
    let kernel_may_choose = exact.map_or(range.is_none(), |port| port == 0);
    // A hold is on every address, so whose address was asked for is looked at last.
    if host == FOREIGN && claims[0] != Claim::Hold {
        return Err(ErrorKind::AddrNotAvailable);
    }
    let mut busy = busy.to_vec();
    (0..count)
        .map(|_| {
            let is_free = |way, port| claims.iter().all(|claim| claim.is_free(way, host, port, &busy));
            let is_denied = |(_, port): &(Way, u16)| denied.contains(port);
            let found = numbers.iter().find(|it| !is_denied(it) && is_free(it.0, it.1)).map(|it| it.1);
            match found {
                None if !kernel_may_choose && numbers.iter().all(is_denied) => Err(ErrorKind::PermissionDenied),
                None if !kernel_may_choose && exact.is_some() => Err(ErrorKind::PortInUse),
                None if !kernel_may_choose => Err(ErrorKind::NoFreePort),
                _ if host == FOREIGN => Err(ErrorKind::AddrNotAvailable),
                port => {
                    busy.extend(port.iter().flat_map(|&port| claims.iter().map(move |claim| claim.at(host, port))));
                    Ok(port)
                }
            }
        })
        .collect()
}

fn overlap(one: &Busy, other: &Busy) -> bool {
    let covers = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
    let (a, b) = (one.address, other.address);
    (one.kind == Kind::Udp) == (other.kind == Kind::Udp)
        && one.port == other.port
        && (a == b || covers(a, b) || covers(b, a))
}
