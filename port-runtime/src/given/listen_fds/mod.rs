//! Sockets passed by a service manager, as in [sd_listen_fds(3)].
//!
//! At the first use all of them are taken into possession, in one [`Table`]; from then on they are claimed there, one by
//! one. What kind of socket is wanted is known by the closure that comes with a claim.
//!
//! [sd_listen_fds(3)]: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html

mod claim;
mod parse;
mod table;
#[cfg(test)]
mod tests;

use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use socket2::SockRef;

pub(crate) use self::claim::Claim;
use self::parse::{Announced, Variables, wrong};
use self::table::{Passed, Table};
use super::Inherit;
use crate::error::Error;
use crate::sys;
use crate::sys::inherited::Inherited;

/// Descriptors 0 to 2 are the standard streams.
const FIRST: RawFd = 3;

/// All that was passed to this process.
static TABLE: OnceLock<Table> = OnceLock::new();

/// Whether sockets were passed to this process, taken already or not.
pub(crate) fn are_passed() -> Result<bool, Error> {
    Ok(table()?.is_some_and(|table| !table.is_empty()))
}

/// Claims the next socket, or the next of that name. What does not fit stays in the table, and what `fits` says of it
/// becomes part of the error. The table is locked meanwhile, so `fits` looks at the socket and does nothing else.
pub(crate) fn claim<T>(
    inherit: &Inherit,
    fits: impl Fn(&SockRef<'_>) -> Result<T, String>,
) -> Result<(Claim, T), Error> {
    Claim::of(table()?.unwrap_or(&NOTHING), inherit, &fits).map_err(wrong)
}

/// Calls `attempt` until it succeeds, or fails for a reason other than that claims of other threads are in flight.
///
/// Such a claim may come to nothing and go back, or what is next now may be the partner of what the other thread has:
/// of 16 threads that take 16 passed pairs, none fails. The waiting has an end after a second, and no thread waits for
/// its own claims.
pub(crate) fn claiming<T>(attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    table()?.unwrap_or(&NOTHING).claiming(attempt)
}

/// What was passed and nobody has taken: "descriptor 4 (`admin`), descriptor 5". Never the first use of the table.
pub(crate) fn left_over() -> Option<String> {
    let table = TABLE.get().filter(|_| is_owner())?;
    table.left_over()
}

/// For a process that was passed nothing.
static NOTHING: Table = Table::new(0, Vec::new());

/// `None` in a fork of the process that the sockets were passed to: it has the table as well, but not the right to it.
fn table() -> Result<Option<&'static Table>, Error> {
    static FILLING: Mutex<()> = Mutex::new(());

    // Comes before any lock: another thread may have held it at the time of the fork, and there is none to release it.
    if !is_owner() {
        return Ok(None);
    }
    let filling = FILLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(table) = TABLE.get() {
        return Ok(Some(table));
    }
    let process = std::process::id();
    let table = Table::new(process, adopt_all(process)?);
    let table = TABLE.get_or_init(|| table);
    drop(filling);
    Ok(Some(table))
}

/// Whether this is the process that asked first.
fn is_owner() -> bool {
    static OWNER: AtomicU32 = AtomicU32::new(0);

    let process = std::process::id();
    match OWNER.compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => true,
        Err(owner) => owner == process,
    }
}

/// Takes all or nothing.
fn adopt_all(process: u32) -> Result<Vec<Passed>, Error> {
    let Some(Announced { count, names, addressed }) = Variables::read().parse(process, sys::own_pidfd_id)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for number in (FIRST..).take(usize::from(count)) {
        match Inherited::find(number) {
            Err(misfit) if addressed => return Err(wrong(format!("descriptor {number} {misfit}"))),
            Ok(descriptor) if addressed || is_internet_socket(&descriptor) => found.push(descriptor),
            // Without an addressee it may be an old announcement, and these somebody else's descriptors.
            _ => return Ok(Vec::new()),
        }
    }
    for descriptor in &found {
        let failed = |error| wrong(format!("descriptor {}: {error}", descriptor.as_raw_fd()));
        descriptor.set_close_on_exec().map_err(failed)?;
    }
    let mut names = names.into_iter();
    let mut passed = Vec::new();
    for descriptor in found {
        passed.push(Passed::new(descriptor.as_raw_fd(), names.next(), descriptor.adopt()));
    }
    Ok(passed)
}

fn is_internet_socket(descriptor: &Inherited) -> bool {
    SockRef::from(descriptor).local_addr().is_ok_and(|address| address.as_socket().is_some())
}
