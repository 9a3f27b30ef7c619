//! Descriptors that this process was started with, each of which can be taken once.
//!
//! [`Inherited`] is the proof that a number may be taken: no safe code gets two of them for one number, or one for a number
//! that was taken before. For the rest it relies on what all of Rust's std does: what a program opens itself is
//! close-on-exec, and what came through an `exec` is not.
#![allow(unsafe_code, reason = "bare system calls")]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The numbers of all that [`Inherited::find`] has found and nobody has let go of, or that were taken.
static SPOKEN_FOR: Mutex<Vec<RawFd>> = Mutex::new(Vec::new());

/// A descriptor that was open when this program began, and that nobody owns yet. Dropped, it stays open and can be found
/// again.
#[derive(Debug)]
pub(crate) struct Inherited(RawFd);

impl Inherited {
    /// Finds what is open at a number. The error is what is to be said of the number.
    pub(crate) fn find(number: RawFd) -> Result<Self, &'static str> {
        let mut spoken_for = spoken_for();
        if spoken_for.contains(&number) {
            return Err("was taken already");
        }
        // SAFETY: F_GETFD reads flags; on a number that is not open it fails with EBADF.
        let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
        if flags == -1 {
            return Err("is not open");
        }
        if flags & libc::FD_CLOEXEC != 0 {
            return Err("was not passed, or somebody has taken it already: it is close-on-exec");
        }
        spoken_for.push(number);
        Ok(Self(number))
    }

    /// Keeps it from the children of this process.
    pub(crate) fn set_close_on_exec(&self) -> io::Result<()> {
        // SAFETY: F_SETFD changes a flag of a descriptor that is for us.
        let status = unsafe { libc::fcntl(self.0, libc::F_SETFD, libc::FD_CLOEXEC) };
        if status == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Takes possession of it.
    pub(crate) fn adopt(self) -> OwnedFd {
        let number = self.0;
        // It stays spoken for, whatever the number is used for later.
        std::mem::forget(self);
        // SAFETY: the descriptor was open before this program began, and not by its own doing; and this is the only time
        // that it is taken, because there is one `Inherited` for a number, and from now on none.
        unsafe { OwnedFd::from_raw_fd(number) }
    }
}

impl AsFd for Inherited {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is open, and whoever would close it has to own it, which takes this value.
        unsafe { BorrowedFd::borrow_raw(self.0) }
    }
}

impl AsRawFd for Inherited {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

impl Drop for Inherited {
    fn drop(&mut self) {
        let mut spoken_for = spoken_for();
        if let Some(place) = spoken_for.iter().position(|number| *number == self.0) {
            spoken_for.swap_remove(place);
        }
    }
}

fn spoken_for() -> MutexGuard<'static, Vec<RawFd>> {
    SPOKEN_FOR.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

    use super::Inherited;

    /// Open, and not close-on-exec, as what came through an `exec`.
    fn passed() -> RawFd {
        let null = std::fs::File::open("/dev/null").unwrap();
        // SAFETY: dup(2) of a descriptor that is open; nobody owns the copy.
        unsafe { libc::dup(null.as_raw_fd()) }
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri knows no descriptors that are passed on")]
    fn a_number_is_found_by_one_and_taken_once() {
        let number = passed();
        let found = Inherited::find(number).unwrap();
        assert_eq!(Inherited::find(number).unwrap_err(), "was taken already");
        drop(found);
        let found = Inherited::find(number).unwrap();
        found.set_close_on_exec().unwrap();
        let owned = found.adopt();
        assert_eq!(owned.as_raw_fd(), number);
        // Not even where the number has come into use again, by something that is not close-on-exec.
        // SAFETY: dup2(2) to a number that is ours.
        assert_eq!(unsafe { libc::dup2(owned.as_raw_fd(), number) }, number);
        assert_eq!(Inherited::find(number).unwrap_err(), "was taken already");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri knows no descriptors that are passed on")]
    fn what_is_closed_or_close_on_exec_is_not_found() {
        let file = std::fs::File::open("/dev/null").unwrap();
        let message = "was not passed, or somebody has taken it already: it is close-on-exec";
        assert_eq!(Inherited::find(file.as_raw_fd()).unwrap_err(), message);
        assert_eq!(Inherited::find(RawFd::MAX).unwrap_err(), "is not open");
        let number = passed();
        // SAFETY: it is nobody else's.
        drop(unsafe { OwnedFd::from_raw_fd(number) });
    }
}
