//! The modes of a socket. They belong to the open socket and not to a descriptor: set through one copy, they are set for
//! everybody who has another, in whatever process.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use socket2::SockRef;

/// Whether calls wait, and how long.
///
/// Allocates nothing, so that it can be used between fork and exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modes {
    nonblocking: bool,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Modes {
    /// Of a new socket.
    pub(crate) const NEW: Self = Self { nonblocking: false, read_timeout: None, write_timeout: None };

    /// What is no socket has no timeouts.
    pub(crate) fn of(descriptor: &impl AsFd) -> io::Result<Self> {
        let socket = SockRef::from(descriptor);
        let of_sockets = |timeout: io::Result<Option<Duration>>| match timeout {
            Err(error) if error.raw_os_error() == Some(libc::ENOTSOCK) => Ok(None),
            timeout => timeout,
        };
        Ok(Self {
            nonblocking: socket.nonblocking()?,
            read_timeout: of_sockets(socket.read_timeout())?,
            write_timeout: of_sockets(socket.write_timeout())?,
        })
    }

    /// Sets only what differs: another process that serves on the same socket would see even a moment of another mode.
    pub(crate) fn change(&self, descriptor: &impl AsFd, wanted: &Self) -> io::Result<()> {
        let socket = SockRef::from(descriptor);
        if self.nonblocking != wanted.nonblocking {
            socket.set_nonblocking(wanted.nonblocking)?;
        }
        if self.read_timeout != wanted.read_timeout {
            socket.set_read_timeout(wanted.read_timeout)?;
        }
        if self.write_timeout != wanted.write_timeout {
            socket.set_write_timeout(wanted.write_timeout)?;
        }
        Ok(())
    }
}
