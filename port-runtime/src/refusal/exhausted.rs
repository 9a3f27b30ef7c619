//! Why the kernel has no port left to choose, and what to do about it.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use crate::sys::sock_diag::{self, Protocol, State};

/// The end of a sentence: what keeps the ports that the kernel chooses from, and how to ask for others. Empty where the
/// system does not tell.
pub(super) fn advice(protocol: Protocol, address: SocketAddr) -> String {
    let Some(ports) = ephemeral() else { return String::new() };
    let (first, last) = (*ports.start(), *ports.end());
    let old = match protocol {
        Protocol::Tcp => only_old_connections(address, ports.clone()).unwrap_or_default(),
        Protocol::Udp => 0,
    };
    let kept = match old {
        0 => String::new(),
        old => format!("; old connections keep {old} of its {} ports for up to a minute", ports.len()),
    };
    format!("{kept}; ask for a `range` outside {first}..={last}")
}

/// The ports that the kernel chooses from: ip(7).
fn ephemeral() -> Option<RangeInclusive<u16>> {
    let setting = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut numbers = setting.split_whitespace().map(str::parse);
    Some(numbers.next()?.ok()?..=numbers.next()?.ok()?)
}

/// How many of them nobody has but connections that are in `TIME_WAIT`, or otherwise belong to no process any more.
fn only_old_connections(address: SocketAddr, ports: RangeInclusive<u16>) -> Option<usize> {
    let states = [State::Listen, State::Bound, State::TimeWait, State::Other];
    let entries = sock_diag::tcp(&states, ports).ok()?;
    let in_the_way = entries.iter().filter(|entry| {
        let wanted = SocketAddr::new(address.ip(), entry.address.port());
        entry.overlaps(wanted, false)
    });
    let mut ports: Vec<_> = in_the_way.map(|entry| (entry.address.port(), entry.inode != 0)).collect();
    // Of each port, one that somebody has comes first.
    ports.sort_unstable_by_key(|&(port, is_open)| (port, !is_open));
    ports.dedup_by_key(|&mut (port, _)| port);
    Some(ports.iter().filter(|(_, is_open)| !is_open).count())
}
