//! Signals to processes (Unix).
#![allow(unsafe_code, reason = "system calls")]

use std::io;

/// Asks a process to end. The number has to be one that cannot have been used again: of a child that nobody has waited
/// for, or of a process that was looked at just now.
pub(crate) fn kill(pid: u32, signal: i32) -> io::Result<()> {
    // 0 would be the group of this process, and -1 everybody.
    let pid = libc::pid_t::try_from(pid).ok().filter(|&pid| pid > 0).ok_or(io::ErrorKind::InvalidInput)?;
    // SAFETY: always sound; it takes two integers.
    let status = unsafe { libc::kill(pid, signal) };
    if status == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
