//! One socket that somebody is about to make something of.

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use socket2::{SockRef, Socket};

use super::table::{Place, Table};

/// One passed socket, out of the table. Dropped, it goes back as it was; unless it is kept.
pub(crate) struct Claim {
    table: &'static Table,
    index: usize,
    /// `None` once it is kept.
    descriptor: Option<OwnedFd>,
    /// As far as the system tells.
    modes: Option<Modes>,
}

/// What belongs to the socket and not to a descriptor, so that setting it on a copy sets it for everybody.
struct Modes {
    nonblocking: bool,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Claim {
    pub(super) fn new(table: &'static Table, index: usize, descriptor: OwnedFd) -> Self {
        let modes = Modes::of(&descriptor).ok();
        Self { table, index, descriptor: Some(descriptor), modes }
    }

    /// What the wanted type is made of; close-on-exec. It has the modes in common with the socket in the table.
    pub(crate) fn copy(&self) -> io::Result<Socket> {
        match &self.descriptor {
            Some(descriptor) => descriptor.try_clone().map(Socket::from),
            None => unreachable!("only `keep` takes it out"),
        }
    }

    /// What was made of it has come up: nobody else gets it.
    pub(crate) fn keep(mut self) {
        if self.table.is_ours() {
            self.table.settle(self.index, Place::Taken);
        }
        // Outside of the lock, since closing may take its time; the copy lives on.
        drop(self.descriptor.take());
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.table.is_ours() {
            return;
        }
        if let Some(descriptor) = self.descriptor.take() {
            if let Some(modes) = &self.modes {
                modes.restore(&descriptor);
            }
            self.table.settle(self.index, Place::Here(descriptor));
        }
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Claim").field("descriptor", &self.descriptor).finish_non_exhaustive()
    }
}

impl Modes {
    fn of(descriptor: &OwnedFd) -> io::Result<Self> {
        let socket = SockRef::from(descriptor);
        Ok(Self {
            nonblocking: socket.nonblocking()?,
            read_timeout: socket.read_timeout()?,
            write_timeout: socket.write_timeout()?,
        })
    }

    /// Sets only what differs: another process that serves on the same socket would see even a moment of another mode.
    /// What the system refuses stays as it is, and is for the next who claims the socket.
    fn restore(&self, descriptor: &OwnedFd) {
        let socket = SockRef::from(descriptor);
        let Ok(now) = Self::of(descriptor) else { return };
        if self.nonblocking != now.nonblocking {
            let _ = socket.set_nonblocking(self.nonblocking);
        }
        if self.read_timeout != now.read_timeout {
            let _ = socket.set_read_timeout(self.read_timeout);
        }
        if self.write_timeout != now.write_timeout {
            let _ = socket.set_write_timeout(self.write_timeout);
        }
    }
}
