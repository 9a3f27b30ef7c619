//! One socket that somebody is about to make something of.

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;

use socket2::Socket;

use super::table::{Fits, Place, Table};
use crate::given::Inherit;
use crate::sys::modes::Modes;

/// One passed socket, out of the table. Dropped, it goes back as it was; unless it is kept.
pub(crate) struct Claim {
    table: &'static Table,
    index: usize,
    /// `None` once it is kept.
    descriptor: Option<OwnedFd>,
    /// As far as the system tells.
    modes: Option<Modes>,
}

impl Claim {
    /// Claims the next socket of a table, or the next of that name. The error is for people.
    pub(super) fn of<T>(table: &'static Table, inherit: &Inherit, fits: Fits<'_, T>) -> Result<(Self, T), String> {
        let (index, descriptor, found) = table.claim(inherit, fits)?;
        let modes = Modes::of(&descriptor).ok();
        Ok((Self { table, index, descriptor: Some(descriptor), modes }, found))
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
            if let (Some(before), Ok(now)) = (&self.modes, Modes::of(&descriptor)) {
                // What the system refuses stays as it is, and is for the next who claims the socket.
                let _ = now.change(&descriptor, before);
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
