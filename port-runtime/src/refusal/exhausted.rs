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
    // For each port whether somebody has it open, if anything is in the way.
    let mut open = vec![None; 1 << 16];
    for entry in entries {
        let port = entry.address.port();
        if entry.overlaps(SocketAddr::new(address.ip(), port), false) {
            *open[usize::from(port)].get_or_insert(false) |= entry.inode != 0;
        }
    }
    Some(open.iter().filter(|open| **open == Some(false)).count())
}
