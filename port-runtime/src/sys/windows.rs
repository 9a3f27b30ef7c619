#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::AsRawSocket;

use socket2::Socket;
use windows_sys::Win32::Networking::WinSock;

pub(super) const FAMILY_MISSING: i32 = WinSock::WSAEAFNOSUPPORT;
pub(super) const DESCRIPTOR_LIMIT: [i32; 2] = [WinSock::WSAEMFILE, WinSock::WSAENOBUFS];

/// `SO_REUSEADDR` lets any program take a port over here, whoever holds it; this option is the way to refuse.
///
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse>
pub(super) fn exclusive(socket: &Socket) -> io::Result<()> {
    let enabled: i32 = 1;
    let descriptor = usize::try_from(socket.as_raw_socket()).map_err(io::Error::other)?;
    // SAFETY: the socket is open for as long as it is borrowed, and the pointer is to an `i32` whose size is given.
    let status = unsafe {
        WinSock::setsockopt(
            descriptor,
            WinSock::SOL_SOCKET,
            WinSock::SO_EXCLUSIVEADDRUSE,
            (&raw const enabled).cast(),
            4,
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
