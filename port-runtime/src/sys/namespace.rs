//! Which network namespace a socket is in.
#![allow(unsafe_code, reason = "bare system calls")]

use std::os::fd::AsRawFd;

use socket2::Socket;

/// `SO_NETNS_COOKIE`, which socket(7) does not list yet: the number that the kernel gave the namespace, and gives to no
/// other until the machine restarts.
pub(super) fn cookie(socket: &Socket) -> Option<u64> {
    const SO_NETNS_COOKIE: libc::c_int = 71;

    let mut cookie = 0_u64;
    let mut size: libc::socklen_t = 8;
    // SAFETY: the descriptor is open for as long as it is borrowed; the pointers are to a `u64` and to its size.
    let status = unsafe {
        libc::getsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, SO_NETNS_COOKIE, (&raw mut cookie).cast(), &raw mut size)
    };
    (status == 0 && size == 8).then_some(cookie)
}
