//! What every Unix does alike, and what only Linux can tell.
#![allow(unsafe_code, reason = "bare system calls")]

use std::ffi::CString;
use std::io;
use std::os::fd::AsRawFd;

use socket2::Socket;

pub(super) const FAMILY_MISSING: i32 = libc::EAFNOSUPPORT;
pub(super) const DESCRIPTOR_LIMIT: [i32; 2] = [libc::EMFILE, libc::ENFILE];

/// Without `SO_REUSEADDR` a bound port is exclusive already.
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Windows")]
pub(super) fn exclusive(_: &Socket) -> io::Result<()> {
    Ok(())
}

/// The number of a network interface, by its name.
pub(super) fn interface_index(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: the string is alive during the call and ends in NUL.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index != 0).then_some(index)
}

/// Not every system that has the option is known to socket2.
pub(super) fn is_listening(socket: &Socket) -> bool {
    let mut listening: libc::c_int = 0;
    let mut size: libc::socklen_t = 4;
    // SAFETY: the descriptor is open for as long as it is borrowed; the pointers are to an `int` and to its size.
    let status = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ACCEPTCONN,
            (&raw mut listening).cast(),
            &raw mut size,
        )
    };
    status == 0 && listening != 0
}

pub(super) fn is_nonblocking(socket: &Socket) -> io::Result<bool> {
    socket.nonblocking()
}

/// What identifies this process for good, also when its number is used again: the inode of its pidfd. `None` where the
/// kernel has no file system of its own for them (before Linux 6.9), so that all have the same inode.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(crate) fn own_pidfd_id() -> Option<u64> {
    use std::os::fd::{FromRawFd, OwnedFd, RawFd};

    const PIDFS_MAGIC: libc::c_long = 0x5049_4446;

    // SAFETY: pidfd_open(2) takes two integers and gives a new descriptor or -1.
    let number = unsafe { libc::syscall(libc::SYS_pidfd_open, std::process::id(), 0) };
    let number = RawFd::try_from(number).ok().filter(|&number| number != -1)?;
    // SAFETY: the descriptor is new, so nobody else owns it.
    let pidfd = unsafe { OwnedFd::from_raw_fd(number) };
    // SAFETY: all zeros is a valid value of this plain C structure.
    let mut file_system: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
    let status = unsafe { libc::fstatfs(pidfd.as_raw_fd(), &raw mut file_system) };
    if status == -1 || libc::c_long::try_from(file_system.f_type) != Ok(PIDFS_MAGIC) {
        return None;
    }
    // SAFETY: as above.
    let mut file: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let status = unsafe { libc::fstat(pidfd.as_raw_fd(), &raw mut file) };
    (status == 0).then_some(file.st_ino)
}

/// Only `LISTEN_PID` counts here.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub(crate) fn own_pidfd_id() -> Option<u64> {
    None
}

/// The number of a socket in the kernel's tables.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn inode(socket: &Socket) -> io::Result<u64> {
    // SAFETY: all zeros is a valid value of this plain C structure.
    let mut file: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open for as long as it is borrowed; the pointer is to a structure of the right type.
    let status = unsafe { libc::fstat(socket.as_raw_fd(), &raw mut file) };
    #[allow(clippy::useless_conversion, reason = "on some architectures it has another width")]
    if status == -1 { Err(io::Error::last_os_error()) } else { Ok(file.st_ino.into()) }
}

/// The user as whom this process opens sockets.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn effective_uid() -> u32 {
    // SAFETY: always sound; it cannot fail.
    unsafe { libc::geteuid() }
}
