//! Linux: the kernel tells who listens, `/proc` who that is, and whom a program has started.

mod at_exit;
mod end;
mod handle;
mod limit;
mod pidfd;
mod threads;
mod tree;

use std::io;
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub(crate) use self::at_exit::AtExit;
use self::end::Ending;
use self::handle::Handle;
pub(crate) use self::tree::Mark;
use super::{Look, ask};
use crate::sys::owner::{self, Owner};
use crate::sys::sock_diag::{self, Entry, State};
use crate::sys::{listening, proc_fs};

/// A number that is held can be shared with the program, and need not be released.
pub(crate) fn spawn(command: &mut Command, _release: impl FnOnce()) -> io::Result<Child> {
    command.spawn()
}

/// Whoever is not found by then counts as the program. It takes milliseconds, unless the machine is very busy.
const SEARCH: Duration = Duration::from_secs(5);

/// How often it is looked whether somebody is in a hurry.
const SLICE: Duration = Duration::from_millis(20);

/// For what comes at once, or not at all soon.
const REAP: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Program {
    /// `None` for one that was gone before anybody looked.
    child: Option<Handle>,
    mark: Option<Mark>,
}

impl Program {
    /// Of a child that nobody has waited for.
    pub(crate) fn new(child: &Child, mark: Mark) -> Self {
        Self { child: Handle::of_child(child.id()), mark: Some(mark) }
    }

    /// Of a child whose number may be another's by now.
    pub(crate) fn gone() -> Self {
        Self { child: None, mark: None }
    }

    /// Whether the child has ended. Nobody has to have waited for it.
    #[cfg(feature = "tokio")]
    pub(crate) fn has_ended(&self) -> bool {
        self.child.as_ref().is_none_or(Handle::has_ended)
    }

    /// Where the program listens, the lowest port first.
    pub(crate) fn listeners(&self) -> io::Result<Vec<SocketAddr>> {
        let listeners = sock_diag::tcp(&[State::Listen], 0..=u16::MAX)?;
        let sockets = self.sockets();
        let by_port = |address: &SocketAddr| (address.port(), *address);
        let mut addresses = Vec::new();
        for Entry { address, inode, .. } in listeners {
            if !sockets.contains(&inode) {
                continue;
            }
            // One address may have several, which share the port.
            if let Err(place) = addresses.binary_search_by_key(&by_port(&address), by_port) {
                addresses.insert(place, address);
            }
        }
        Ok(addresses)
    }

    /// All that it has open.
    fn sockets(&self) -> Vec<u64> {
        let mut sockets = Vec::new();
        if let Some(child) = self.child.as_ref().filter(|_| proc_fs::is_ours()) {
            for pid in tree::descendants(child) {
                sockets.extend(threads::sockets(pid));
            }
        }
        sockets
    }

    /// Who listens where a connection to the address arrives.
    pub(crate) fn look(&self, address: SocketAddr) -> io::Result<Look> {
        let Ok(mut here) = sock_diag::tcp(&[State::Listen], address.port()..=address.port()) else {
            // A sandbox. What it does not tell cannot be held against the program.
            let somebody = listening::somebody(address)?;
            return Ok(if somebody { Look::Ready } else { Look::Nobody });
        };
        here.retain(|it| it.accepts(address));
        if here.is_empty() {
            return Ok(Look::Nobody);
        }
        let listens = |sockets: Vec<u64>| here.iter().any(|it| sockets.contains(&it.inode));
        if listens(self.sockets()) {
            let itself = self.child.as_ref().is_some_and(|child| listens(threads::sockets(child.pid)));
            return Ok(if itself { Look::Ready } else { Look::Descendant });
        }
        let mut look = Look::Ready;
        for owner in owner::owners(&here, SEARCH).into_iter().flatten() {
            if !self.is_own(&owner) {
                return Ok(Look::Stranger(owner));
            }
            look = Look::Descendant;
        }
        Ok(look)
    }

    fn is_own(&self, owner: &Owner) -> bool {
        let (Owner::Other { pid, .. }, Some(child)) = (owner, &self.child) else { return false };
        tree::is_member(*pid, child, self.mark.as_ref())
    }

    /// Ends the program: the child with this signal and so much time, or less when somebody is in a hurry; then what is
    /// left of it.
    pub(crate) fn end(&self, child: &mut Child, signal: i32, grace: Duration, hurry: &dyn Fn() -> bool) {
        if grace.is_zero() {
            return self.kill(child);
        }
        if self.child.is_none() {
            ask(child, signal, grace, hurry);
        }
        Self::end_all(&[(self, signal, grace)], hurry);
        kill_child(child);
    }

    /// Ends several at once, so that the time of one is that of all.
    pub(crate) fn end_all(programs: &[(&Self, i32, Duration)], hurry: &dyn Fn() -> bool) {
        let started = Instant::now();
        let mut endings = Vec::new();
        for (program, ..) in programs {
            endings.push(Ending::new(program));
        }
        for (ending, &(_, signal, _)) in endings.iter().zip(programs) {
            ending.ask(signal);
        }
        for (ending, &(.., grace)) in endings.iter().zip(programs) {
            while !ending.child_ends_within(SLICE.min(grace.saturating_sub(started.elapsed())))
                && started.elapsed() < grace
                && !hurry()
            {}
        }
        endings.into_iter().for_each(Ending::clear);
    }

    /// Ends it without asking.
    pub(crate) fn kill(&self, child: &mut Child) {
        Ending::new(self).kill();
        kill_child(child);
    }
}

/// Where neither a pidfd nor `/proc` is to be had, the child's number is good for as long as nobody has waited for it.
///
/// Not for ever: one that is stuck in the kernel ends later, and that of one which is being traced is told to the tracer
/// first.
fn kill_child(child: &mut Child) {
    if matches!(child.try_wait(), Ok(None)) && child.kill().is_ok() {
        let killed = Instant::now();
        // An error means that there is nothing to wait for.
        while matches!(child.try_wait(), Ok(None)) && killed.elapsed() < REAP {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
