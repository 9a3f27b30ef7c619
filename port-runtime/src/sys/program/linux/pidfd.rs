//! A descriptor that stands for a process, whatever becomes of its number. Errors before Linux 5.3.
#![allow(unsafe_code, reason = "system calls")]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Pidfd(OwnedFd);

impl Pidfd {
    pub(super) fn of(pid: u32) -> io::Result<Self> {
        // SAFETY: it takes two integers, and gives a new descriptor (close-on-exec) or -1.
        let number = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        match RawFd::try_from(number) {
            // SAFETY: the descriptor is new, so nobody else owns it.
            Ok(number @ 0..) => Ok(Self(unsafe { OwnedFd::from_raw_fd(number) })),
            _ => Err(io::Error::last_os_error()),
        }
    }

    pub(super) fn signal(&self, signal: i32) -> io::Result<()> {
        let nothing: *const libc::siginfo_t = std::ptr::null();
        // SAFETY: the descriptor is open for as long as it is borrowed; a null pointer stands for what kill(2) would send.
        let status = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, self.0.as_raw_fd(), signal, nothing, 0) };
        if status == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Waits until the process has ended, also if nobody has waited for it, and says whether it has.
    pub(super) fn has_ended(&self, within: Duration) -> io::Result<bool> {
        let mut poll = libc::pollfd { fd: self.0.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // Rounded up, or the last millisecond would be a busy loop.
        let milliseconds = within.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(libc::c_int::MAX);
        // SAFETY: the pointer is to one structure of the right type, and the descriptor is open for as long as it is
        // borrowed.
        match unsafe { libc::poll(&raw mut poll, 1, milliseconds) } {
            -1 => Err(io::Error::last_os_error()),
            count => Ok(count > 0),
        }
    }
}
