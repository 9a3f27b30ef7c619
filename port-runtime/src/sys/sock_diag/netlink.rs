//! The conversation with the kernel: one question for each family, and an answer in several parts.

use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::time::Duration;

use socket2::{Domain, Protocol as Number, Socket, Type};

use super::parse::{HEADER, Progress, parse};
use super::{Entry, Protocol, State};

/// The kernel answers from memory, in well under a millisecond. But what runs in a sandbox does not always talk to a
/// kernel, and nobody may hang for a diagnosis.
const TIME_LIMIT: Duration = Duration::from_secs(1);
/// More than all sockets of a large machine need.
const PARTS: usize = 1 << 20;
/// How often a table that changed under the reader is read anew.
const ATTEMPTS: usize = 4;
/// More than the kernel puts into one part.
const BUFFER: usize = 1 << 15;

const REQUEST: usize = HEADER + 56;
const FILTER: usize = 4 + 4 * 4;

pub(super) fn dump(protocol: Protocol, states: &[State], ports: &RangeInclusive<u16>) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut buffer = vec![0; BUFFER];
    let states = states.iter().fold(0, |mask, &state| mask | bits(protocol, state));
    let mut ask = |family: i32| ask(&question(family, protocol, states, ports), &mut buffer, &mut entries);
    ask(libc::AF_INET)?;
    match ask(libc::AF_INET6) {
        // The kernel was built without the family.
        Err(error) if error.raw_os_error() == Some(libc::ENOENT) => {}
        result => result?,
    }
    // Whoever answered, a filter that was not understood must not make a stranger of somebody on another port.
    entries.retain(|entry| ports.contains(&entry.address.port()));
    Ok(entries)
}

/// Adds the sockets of one family.
fn ask(question: &[u8], buffer: &mut [u8], entries: &mut Vec<Entry>) -> io::Result<()> {
    let before = entries.len();
    for _ in 0..ATTEMPTS {
        entries.truncate(before);
        // A socket for each attempt: what is left of an interrupted answer goes with it.
        let socket =
            Socket::new(Domain::from(libc::AF_NETLINK), Type::DGRAM, Some(Number::from(libc::NETLINK_SOCK_DIAG)))?;
        if socket.send(question)? != question.len() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        if receive(&socket, buffer, entries)? {
            return Ok(());
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "the table of sockets changes too fast to be read"))
}

/// Whether the answer is one of a table that stood still meanwhile.
fn receive(mut socket: &Socket, buffer: &mut [u8], entries: &mut Vec<Entry>) -> io::Result<bool> {
    // For each part by itself, and no limit for the whole: on a busy machine this process may stand still for longer, and
    // would take that for a kernel that does not answer.
    socket.set_read_timeout(Some(TIME_LIMIT))?;
    let mut consistent = true;
    for _ in 0..PARTS {
        let size = match socket.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            size => size?,
        };
        match parse(&buffer[..size], entries)? {
            Progress::More { interrupted } => consistent &= !interrupted,
            Progress::Done { interrupted } => return Ok(consistent && !interrupted),
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

/// The kernel's numbers of the states, one bit each.
fn bits(protocol: Protocol, state: State) -> u32 {
    const TIME_WAIT: u32 = 1 << 6;
    const CLOSE: u32 = 1 << 7;
    const LISTEN: u32 = 1 << 10;
    const BOUND_INACTIVE: u32 = 1 << 13;
    const ALL: u32 = (1 << 13) - 2;

    match (state, protocol) {
        (State::Listen, _) => LISTEN,
        (State::Bound, Protocol::Tcp) => BOUND_INACTIVE,
        (State::Bound, Protocol::Udp) => CLOSE,
        (State::TimeWait, _) => TIME_WAIT,
        (State::Other, _) => ALL & !(LISTEN | CLOSE | TIME_WAIT),
    }
}

/// `nlmsghdr`, `inet_diag_req_v2`, and a filter as a program for the kernel: the field for one port in the request is not
/// looked at for sockets that are only bound.
fn question(family: i32, protocol: Protocol, states: u32, ports: &RangeInclusive<u16>) -> [u8; REQUEST + FILTER] {
    const SOCK_DIAG_BY_FAMILY: u16 = 20;
    const NLM_F_REQUEST_DUMP: u16 = 0x1 | 0x300;
    const INET_DIAG_REQ_BYTECODE: u16 = 1;
    const SOURCE_PORT_AT_LEAST: u8 = 2;
    const SOURCE_PORT_AT_MOST: u8 = 3;

    let mut bytes = [0; REQUEST + FILTER];
    let mut at = 0;
    let mut put = |value: &[u8]| {
        bytes[at..at + value.len()].copy_from_slice(value);
        at += value.len();
    };
    let size = |size: usize| u16::try_from(size).unwrap_or(u16::MAX);
    put(&u32::from(size(REQUEST + FILTER)).to_ne_bytes());
    put(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    put(&NLM_F_REQUEST_DUMP.to_ne_bytes());
    put(&[0; 8]); // our sequence number, and the kernel as the receiver
    let protocol = match protocol {
        Protocol::Tcp => libc::IPPROTO_TCP,
        Protocol::Udp => libc::IPPROTO_UDP,
    };
    put(&[family, protocol].map(|number| u8::try_from(number).unwrap_or(u8::MAX)));
    put(&[0; 2]);
    put(&states.to_ne_bytes());
    put(&[0; 48]); // of any address
    put(&size(FILTER).to_ne_bytes());
    put(&INET_DIAG_REQ_BYTECODE.to_ne_bytes());
    // Each step is followed by its port, and says how many bytes further to go on: to the end for "yes", past it for "no".
    for (step, port, past_the_end) in
        [(SOURCE_PORT_AT_LEAST, *ports.start(), 4 * 4 + 4_u16), (SOURCE_PORT_AT_MOST, *ports.end(), 2 * 4 + 4)]
    {
        put(&[step, 8]);
        put(&past_the_end.to_ne_bytes());
        put(&[0; 2]);
        put(&port.to_ne_bytes());
    }
    bytes
}
