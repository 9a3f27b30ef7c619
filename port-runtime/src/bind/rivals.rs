//! Who else is bound to a number, as far as the kernel tells. It is asked only where a plain bind has failed.
//!
//! `bind` with `SO_REUSEADDR` is refused where somebody listens, and is granted beside everybody else who has set the
//! option: connections that an earlier server left, which may stay, and sockets that are bound and do not listen yet,
//! which may not be robbed. The errors do not tell one from the other; the kernel's socket table does.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;
use std::{process, thread};

use socket2::Socket;

use super::kind::Kind;
use super::socket::{at, occupy, open, port_of};
use crate::sys;
use crate::sys::sock_diag::{self, Entry, State};

/// Who is bound beside a socket of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rivals {
    /// Old connections at the most.
    None,
    /// Sockets that are about to listen, or to connect, by their inodes; or nothing but what looks like a reservation.
    Some { inodes: Vec<u64>, holds: bool },
    /// The kernel is older than Linux 6.8, and does not show sockets that are bound and nothing else.
    Unseen,
    /// Nobody can be asked: a sandbox, or a kernel without the table.
    Unknown,
}

/// Asks who is bound beside this socket, which is bound with `SO_REUSEADDR` and does not listen yet.
pub(super) fn beside(socket: &Socket) -> io::Result<Rivals> {
    let port = port_of(socket)?;
    let inode = sock_diag::inode(socket)?;
    let Some(entries) = answer(sock_diag::tcp(&[State::Bound], port..=port))? else { return Ok(Rivals::Unknown) };
    let Some(own) = entries.iter().find(|entry| entry.inode == inode) else { return Ok(Rivals::Unseen) };
    let rivals = entries
        .iter()
        .filter(|entry| entry.inode != inode && entry.overlaps(own.address, own.only_v6))
        .collect::<Vec<_>>();
    Ok(if rivals.is_empty() {
        Rivals::None
    } else {
        Rivals::Some {
            inodes: rivals.iter().map(|rival| rival.inode).collect(),
            holds: rivals.iter().all(|rival| looks_like_hold(rival)),
        }
    })
}

/// A reservation is on every address of both families, and so is little else that does not listen yet. On every address of
/// IPv4 alone it is where IPv6 is missing or forbidden, to its owner and so to those whom its owner has started; else that is
/// how most servers are bound that are about to listen.
fn looks_like_hold(rival: &Entry) -> bool {
    let without_ipv6 = || {
        let attempt = open(Kind::HOLD, (Ipv6Addr::UNSPECIFIED, 0).into());
        attempt.is_err_and(|error| !sys::is_descriptor_limit(&error))
    };
    rival.is_everywhere() && (rival.address.ip() == Ipv6Addr::UNSPECIFIED || without_ipv6())
}

/// The numbers of a range at which somebody listens or holds, in order: one question instead of one for each number. It
/// says where a bind would be in vain, never that one is permitted.
pub(super) fn held(ports: RangeInclusive<u16>, address: SocketAddr, only_v6: bool) -> io::Result<Option<Vec<u16>>> {
    let Some(entries) = answer(sock_diag::tcp(&[State::Listen, State::Bound], ports))? else { return Ok(None) };
    let mut held = entries
        .iter()
        .filter(|entry| entry.overlaps(at(address, entry.address.port()), only_v6))
        .map(|entry| entry.address.port())
        .collect::<Vec<_>>();
    held.sort_unstable();
    held.dedup();
    Ok(Some(held))
}

/// A lack of descriptors is an error of its own; whatever else is wrong with the question, there is no answer.
fn answer(entries: io::Result<Vec<Entry>>) -> io::Result<Option<Vec<Entry>>> {
    match entries {
        Ok(entries) => Ok(Some(entries)),
        Err(error) if sys::is_descriptor_limit(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

/// What can be done before Linux 6.8. A reservation is in the way on every address; a connection in `TIME_WAIT` on its own
/// only. So a plain bind of another one in 127.0.0.0/8 fails for a reservation; and where it does not, nobody can reserve
/// the number while that socket lives. Who is bound to the one address alone is not seen: that is the gap. Where there is
/// no other address to bind, nobody knows, and the number is in use.
pub(super) fn keep_holds_away(address: SocketAddr) -> io::Result<Socket> {
    let last = if address.ip() == Ipv4Addr::new(127, 255, 255, 254) { 253 } else { 254 };
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 255, 255, last), address.port()));
    let socket = occupy(Kind::HOLD, elsewhere).map_err(|error| match error {
        error if sys::is_descriptor_limit(&error) => error,
        _ => io::ErrorKind::AddrInUse.into(),
    })?;
    // Only now, for those who bind every address.
    socket.set_reuse_address(true)?;
    Ok(socket)
}

/// Waits for up to 1.5 ms, and longer at each further attempt. Two of us that have seen each other, and stepped back, come
/// back at different times.
pub(super) fn step_aside(attempt: u32) {
    // A forked child has its parent's keys.
    let random = RandomState::new().hash_one((process::id(), thread::current().id()));
    thread::sleep(Duration::from_micros(random % (1500 << attempt)));
}
