//! Bytes of an answer become entries. It trusts no length that stands in them.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::{Entry, State};

/// The size of `nlmsghdr`.
pub(super) const HEADER: usize = 16;
/// The size of `inet_diag_msg`.
const MESSAGE: usize = 72;

const NLMSG_ERROR: u16 = 2;
const NLMSG_NOOP: u16 = 1;
const NLMSG_DONE: u16 = 3;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_DUMP_INTR: u16 = 0x10;

const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const INET_DIAG_SKV6ONLY: u16 = 11;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    More { interrupted: bool },
    Done { interrupted: bool },
}

/// Adds what one part of an answer tells.
pub(super) fn parse(mut part: &[u8], entries: &mut Vec<Entry>) -> io::Result<Progress> {
    let mut interrupted = false;
    // An answer without a word would be asked for again and again.
    if part.is_empty() {
        return Err(garbled());
    }
    while !part.is_empty() {
        let size = usize::try_from(u32::from_ne_bytes(bytes(part, 0)?)).unwrap_or(usize::MAX);
        let kind = u16::from_ne_bytes(bytes(part, 4)?);
        let flags = u16::from_ne_bytes(bytes(part, 6)?);
        let payload = part.get(HEADER..size).ok_or_else(garbled)?;
        interrupted |= flags & NLM_F_DUMP_INTR != 0;
        match kind {
            NLMSG_NOOP => {}
            SOCK_DIAG_BY_FAMILY => {
                if let Some(entry) = entry(payload)? {
                    entries.push(entry);
                }
            }
            // It carries a status as an error does, since Linux 4.16 at least.
            NLMSG_DONE if payload.len() < 4 => return Ok(Progress::Done { interrupted }),
            NLMSG_DONE | NLMSG_ERROR => {
                return match i32::from_ne_bytes(bytes(payload, 0)?) {
                    code @ i32::MIN..0 => Err(io::Error::from_raw_os_error(code.checked_neg().ok_or_else(garbled)?)),
                    _ if kind == NLMSG_DONE => Ok(Progress::Done { interrupted }),
                    _ => Err(garbled()),
                };
            }
            _ => return Err(garbled()),
        }
        part = part.get(align(size)..).unwrap_or_default();
    }
    Ok(Progress::More { interrupted })
}

/// `inet_diag_msg` and its attributes. `None` for a family that nobody asked for.
fn entry(message: &[u8]) -> io::Result<Option<Entry>> {
    let [family, state] = bytes(message, 0)?;
    let port = u16::from_be_bytes(bytes(message, 4)?);
    let interface = u32::from_ne_bytes(bytes(message, 40)?);
    let uid = u32::from_ne_bytes(bytes(message, 64)?);
    let inode = u32::from_ne_bytes(bytes(message, 68)?).into();
    let address = match family {
        AF_INET => SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::from(bytes::<4>(message, 8)?), port)),
        AF_INET6 => {
            let ip = Ipv6Addr::from(bytes::<16>(message, 8)?);
            let scope = if ip.is_unicast_link_local() { interface } else { 0 };
            SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope))
        }
        _ => return Ok(None),
    };
    let state = match state {
        10 => State::Listen,
        // Who is only bound says CLOSE: the state by which it was asked for is one of the table, not of the socket.
        7 | 13 => State::Bound,
        6 => State::TimeWait,
        _ => State::Other,
    };
    let only_v6 = only_v6(message.get(MESSAGE..).ok_or_else(garbled)?)?;
    Ok(Some(Entry { address, only_v6, inode, uid, state }))
}

fn only_v6(mut attributes: &[u8]) -> io::Result<bool> {
    while !attributes.is_empty() {
        let size = usize::from(u16::from_ne_bytes(bytes(attributes, 0)?));
        let kind = u16::from_ne_bytes(bytes(attributes, 2)?);
        let value = attributes.get(4..size).ok_or_else(garbled)?;
        if kind == INET_DIAG_SKV6ONLY {
            return Ok(bytes::<1>(value, 0)? != [0]);
        }
        attributes = attributes.get(align(size)..).unwrap_or_default();
    }
    Ok(false)
}

fn bytes<const N: usize>(from: &[u8], at: usize) -> io::Result<[u8; N]> {
    from.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or_else(garbled)
}

/// Messages and attributes begin at multiples of four.
fn align(size: usize) -> usize {
    size.saturating_add(3) & !3
}

fn garbled() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the kernel's answer about its sockets cannot be read")
}
