//! The copies of descriptors that wait to be placed, out of the way of closures, and known again if a closure got there.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use socket2::SockRef;

use crate::sys::modes::Modes;

/// Where copies lie until they are placed: above what a closure is likely to put anything at, or to close in a loop.
pub(super) const FAR: RawFd = 1024;

/// A larger table of descriptors costs every fork of this process milliseconds.
const FARTHEST: RawFd = 4095;

/// A copy of a descriptor, until it is placed.
pub(super) struct Source {
    descriptor: OwnedFd,
    identity: Identity,
    /// As they were before the fork.
    modes: Modes,
    /// The child has changed them.
    renewed: AtomicBool,
}

/// What tells open files apart, whatever their number.
#[derive(PartialEq, Eq)]
struct Identity {
    device: libc::dev_t,
    inode: libc::ino_t,
}

impl Source {
    /// Its number is `above` at least.
    pub(super) fn new(descriptor: &OwnedFd, above: RawFd) -> io::Result<Self> {
        let descriptor = copy(descriptor.as_fd(), above)?;
        let (identity, modes) = (Identity::of(&descriptor)?, Modes::of(&descriptor)?);
        Ok(Self { descriptor, identity, modes, renewed: AtomicBool::new(false) })
    }

    /// Whether a closure of the user's has left it alone. It might also have let the program inherit it, which would keep
    /// a port, or a stream that is waited for, open for as long as the program runs.
    pub(super) fn is_as_made(&self) -> bool {
        let same = Identity::of(&self.descriptor).is_ok_and(|identity| identity == self.identity);
        // SAFETY: F_SETFD changes a flag of an open descriptor.
        same && unsafe { libc::fcntl(self.descriptor.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) } != -1
    }

    /// Puts it at a number.
    ///
    /// # Safety
    ///
    /// What was open there is closed, so nobody may rely on it.
    pub(super) unsafe fn place(&self, target: RawFd) -> io::Result<()> {
        // SAFETY: as for this function.
        while unsafe { libc::dup2(self.descriptor.as_raw_fd(), target) } == -1 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Gives it the modes of a new socket.
    pub(super) fn renew_modes(&self) -> io::Result<()> {
        let now = Modes::of(&self.descriptor)?;
        if now == Modes::NEW {
            return Ok(());
        }
        self.renewed.store(true, Ordering::Relaxed);
        now.change(&self.descriptor, &Modes::NEW)
    }

    /// Takes that back. Where nothing was changed nothing is, because another child may rely on it meanwhile.
    pub(super) fn restore_modes(&self) {
        if self.renewed.load(Ordering::Relaxed) {
            // What cannot be restored could not be changed.
            let _ = Modes::of(&self.descriptor).and_then(|now| now.change(&self.descriptor, &self.modes));
        }
    }

    /// For one that is a stream.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        SockRef::from(&self.descriptor).send(bytes)
    }
}

impl Identity {
    fn of(descriptor: &OwnedFd) -> io::Result<Self> {
        // SAFETY: all zeros is a valid value of this plain C structure.
        let mut file: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
        match unsafe { libc::fstat(descriptor.as_raw_fd(), &raw mut file) } {
            0 => Ok(Self { device: file.st_dev, inode: file.st_ino }),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// A close-on-exec copy, far up if there is room, and in any case above what is placed.
fn copy(descriptor: BorrowedFd<'_>, above: RawFd) -> io::Result<OwnedFd> {
    match duplicate(descriptor, above.max(FAR)) {
        Ok(copy) if copy.as_raw_fd() <= FARTHEST => Ok(copy),
        Err(error) if !matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EMFILE)) => Err(error),
        _ => duplicate(descriptor, above),
    }
    .map_err(|error| match error.raw_os_error() {
        // The limit is so low that not even the number that was asked for is below it.
        Some(libc::EINVAL) => io::Error::from_raw_os_error(libc::EMFILE),
        _ => error,
    })
}

/// A close-on-exec copy whose number is at least `minimum`.
fn duplicate(descriptor: BorrowedFd<'_>, minimum: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the descriptor is open for as long as it is borrowed.
    let copy = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, minimum) };
    if copy == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the copy has just been made, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}
