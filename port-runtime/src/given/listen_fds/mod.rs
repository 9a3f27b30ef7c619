//! Sockets passed by a service manager, as in [sd_listen_fds(3)].
//!
//! [sd_listen_fds(3)]: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html

mod parse;

use std::net::SocketAddr;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use socket2::{SockRef, Socket, Type};

use self::parse::{Announced, Variables, wrong};
use super::Inherit;
use crate::bind::Kind;
use crate::{Error, sys};

/// Descriptors 0 to 2 are the standard streams.
const FIRST: RawFd = 3;

/// All that was passed, taken into possession at the first use, so that nobody takes a descriptor twice.
static PASSED: Mutex<Option<Passed>> = Mutex::new(None);

struct Passed {
    /// A fork of this process has the table as well, but not the right to it.
    process: u32,
    /// As many as were announced, or none.
    sockets: Vec<Entry>,
}

struct Entry {
    number: RawFd,
    name: Option<String>,
    /// `None` once it is taken.
    descriptor: Option<OwnedFd>,
}

/// Whether sockets were passed to this process, taken already or not.
pub(crate) fn are_passed() -> Result<bool, Error> {
    with_passed(|passed| Ok(!passed.is_empty()))
}

/// Takes the next socket, or the next of that name, out of the table. What does not fit stays there.
pub(crate) fn take(
    inherit: &Inherit,
    kind: Kind,
    fits: impl FnOnce(SocketAddr) -> Result<(), String>,
) -> Result<(Socket, SocketAddr), Error> {
    with_passed(|passed| {
        let count = passed.len();
        let wanted = |entry: &Entry| match inherit {
            Inherit::Next => true,
            Inherit::Named(name) => entry.name.as_deref() == Some(name),
        };
        let Some(entry) = passed.iter_mut().find(|entry| wanted(entry) && entry.descriptor.is_some()) else {
            let taken = passed.iter().any(wanted);
            return Err(wrong(match inherit {
                Inherit::Next => format!("one more socket is wanted than the {count} that were passed"),
                Inherit::Named(name) if taken => format!("all passed sockets named `{name}` are taken already"),
                Inherit::Named(name) => format!("no socket named `{name}` was passed; there are {}", names(passed)),
            }));
        };
        let number = entry.number;
        let Some(descriptor) = entry.descriptor.take() else { unreachable!("it was just found") };
        let prepared = examine(&SockRef::from(&descriptor), kind).and_then(|address| {
            fits(address)?;
            // Whoever has it with us, or had it before us, may have made it non-blocking.
            let blocking = SockRef::from(&descriptor).set_nonblocking(false);
            blocking.map(|()| address).map_err(|error| format!("cannot be set up: {error}"))
        });
        match prepared {
            Ok(address) => Ok((Socket::from(descriptor), address)),
            Err(misfit) => {
                entry.descriptor = Some(descriptor);
                let name = entry.name.as_ref().map_or_else(String::new, |name| format!(" (`{}`)", name.escape_debug()));
                Err(wrong(format!("descriptor {number}{name} {misfit}")))
            }
        }
    })
}

fn names(passed: &[Entry]) -> String {
    let names = passed.iter().filter_map(|entry| Some(format!("`{}`", entry.name.as_ref()?.escape_debug())));
    let names: Vec<_> = names.collect();
    if names.is_empty() { format!("{} without names", passed.len()) } else { names.join(", ") }
}

/// The address of a socket that is what is asked for.
fn examine(socket: &SockRef<'_>, kind: Kind) -> Result<SocketAddr, String> {
    let protocol = socket.r#type().map_err(|_| "is not a socket")?;
    let address = internet_address(socket).ok_or("is not an internet socket")?;
    match kind {
        Kind::Listener if protocol == Type::STREAM && sys::is_listening(socket) => Ok(address),
        Kind::Listener if protocol == Type::STREAM && socket.peer_addr().is_ok() => {
            Err("is a TCP connection, where a listener is wanted; set `Accept=no`".to_owned())
        }
        Kind::Listener if protocol == Type::STREAM => Err("is a TCP socket that does not listen".to_owned()),
        Kind::Listener => Err("is a UDP socket, where a TCP listener is wanted".to_owned()),
        Kind::Datagram if protocol == Type::DGRAM => Ok(address),
        Kind::Datagram => Err("is a TCP socket, where a UDP socket is wanted".to_owned()),
        Kind::Client => Err("cannot become a client's socket, which nobody passes; leave `inherit` out".to_owned()),
        Kind::Hold => Err("cannot become a `ReservedPort`, which has no socket to pass; take a listener".to_owned()),
    }
}

fn internet_address(socket: &SockRef<'_>) -> Option<SocketAddr> {
    socket.local_addr().ok()?.as_socket()
}

fn with_passed<T>(act: impl FnOnce(&mut [Entry]) -> Result<T, Error>) -> Result<T, Error> {
    let mut table: MutexGuard<'_, _> = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    let passed = match &mut *table {
        Some(passed) => passed,
        None => table.insert(Passed { process, sockets: adopt_all(process)? }),
    };
    act(if passed.process == process { &mut passed.sockets } else { &mut [] })
}

/// Takes all or nothing.
fn adopt_all(process: u32) -> Result<Vec<Entry>, Error> {
    let Some(Announced { count, names, addressed }) = Variables::read().parse(process, sys::own_pidfd_id)? else {
        return Ok(Vec::new());
    };
    let numbers = || (FIRST..).take(usize::from(count));
    for number in numbers() {
        match sys::inherited(number, is_internet_socket) {
            Err(misfit) if addressed => return Err(wrong(format!("descriptor {number} {misfit}"))),
            Ok(internet) if addressed || internet => {}
            // Without an addressee it may be an old announcement, and these somebody else's descriptors.
            _ => return Ok(Vec::new()),
        }
    }
    for number in numbers() {
        sys::close_on_exec(number).map_err(|error| wrong(format!("descriptor {number}: {error}")))?;
    }
    let mut names = names.into_iter();
    let entry = |number| Entry { number, name: names.next(), descriptor: Some(sys::adopt(number)) };
    Ok(numbers().map(entry).collect())
}

fn is_internet_socket(descriptor: BorrowedFd<'_>) -> bool {
    internet_address(&SockRef::from(&descriptor)).is_some()
}
