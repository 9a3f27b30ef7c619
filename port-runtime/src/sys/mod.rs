//! What differs from system to system, and the only `unsafe`.

use std::io;

use socket2::Socket;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) mod descriptors;
#[cfg(unix)]
pub(crate) mod exec;
#[cfg(unix)]
pub(crate) mod inherited;
pub(crate) mod listening;
#[cfg(unix)]
pub(crate) mod modes;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod namespace;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod os;
pub(crate) mod owner;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) mod proc_fs;
pub(crate) mod program;
#[cfg(unix)]
pub(crate) mod signals;
pub(crate) mod sock_diag;

#[cfg(unix)]
pub(crate) use self::os::own_pidfd_id;

/// Linux keeps a socket usable after a failed `bind`, lets `SO_REUSEADDR` be set once a port is held, and copies socket
/// timeouts to accepted connections. The other systems are not known to do all of this, and `port_runtime_portable` is
/// for tests of what is done there.
pub(crate) const LINUX: bool = cfg!(all(any(target_os = "linux", target_os = "android"), not(port_runtime_portable)));

/// Keeps a socket's port from being shared or taken over while it is bound. To be called before the bind.
pub(crate) fn exclusive(socket: &Socket) -> io::Result<()> {
    os::exclusive(socket)
}

/// The system has no such address family: IPv6 on a machine without it.
pub(crate) fn is_family_missing(error: &io::Error) -> bool {
    error.raw_os_error() == Some(os::FAMILY_MISSING)
}

/// The process or the system has run out of descriptors.
pub(crate) fn is_descriptor_limit(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| os::DESCRIPTOR_LIMIT.contains(&code))
}

/// The number of a network interface, by its name: `%lo` in `fe80::1%lo`.
pub(crate) fn interface_index(name: &str) -> Option<u32> {
    // Miri does not know `if_nametoindex`: no interface has a name there, and the parsers above it can be run.
    if cfg!(miri) { None } else { os::interface_index(name) }
}

/// What tells the network namespace of a socket from all others, where the system does (Linux 5.14).
pub(crate) fn network_namespace(socket: &Socket) -> Option<u64> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return namespace::cookie(socket);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = socket;
        None
    }
}

/// Whether a socket accepts connections; only for one that came from another process.
pub(crate) fn is_listening(socket: &Socket) -> bool {
    os::is_listening(socket)
}

/// The number of the protocol that a socket speaks, where the system tells.
pub(crate) fn protocol(socket: &Socket) -> Option<i32> {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    return socket.protocol().ok().flatten().map(i32::from);
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    {
        let _ = socket;
        None
    }
}

/// Whether calls return instead of waiting; only for a socket that came from another process.
pub(crate) fn is_nonblocking(socket: &Socket) -> io::Result<bool> {
    os::is_nonblocking(socket)
}
