//! What Windows does differently: exclusive ports are asked for, and nobody passes sockets.
#![allow(unsafe_code, reason = "bare system calls")]

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

/// Scopes are written as numbers here.
pub(super) fn interface_index(_: &str) -> Option<u32> {
    None
}

/// No process passes a socket here.
pub(super) fn is_listening(_: &Socket) -> bool {
    false
}

/// As above.
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub(super) fn is_nonblocking(_: &Socket) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};
    use std::os::windows::io::{AsRawSocket, RawSocket};

    use windows_sys::Win32::Networking::WinSock;

    use crate::{DualStack, PortRequest};

    fn is_exclusive(socket: RawSocket) -> bool {
        let (mut enabled, mut size) = (0_i32, 4);
        // SAFETY: the socket is open, and the pointers are to an `i32` and to its size.
        let status = unsafe {
            WinSock::getsockopt(
                usize::try_from(socket).unwrap(),
                WinSock::SOL_SOCKET,
                WinSock::SO_EXCLUSIVEADDRUSE,
                (&raw mut enabled).cast(),
                &raw mut size,
            )
        };
        assert_eq!(status, 0);
        enabled != 0
    }

    /// Behaviour tells it on Windows only: wine lets nobody take a port over anyway.
    #[test]
    fn every_socket_is_exclusive() {
        assert!(!is_exclusive(TcpListener::bind("127.0.0.1:0").unwrap().as_raw_socket()), "it is not so by itself");
        let request = PortRequest::new();
        let in_range = PortRequest::new().range(30_000..31_000).prefer(30_000);
        for request in [&request, &in_range] {
            let (tcp, udp): (TcpListener, UdpSocket) = request.bind().unwrap();
            assert!(is_exclusive(tcp.as_raw_socket()) && is_exclusive(udp.as_raw_socket()));
            if let Ok(DualStack::<TcpListener> { v4, v6 }) = request.bind() {
                assert!(is_exclusive(v4.as_raw_socket()) && is_exclusive(v6.as_raw_socket()));
            }
        }
    }
}
