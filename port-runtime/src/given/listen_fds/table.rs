//! The table of passed sockets, in which each is claimed, and then taken for good or put back.
//!
//! A claim is a promise to others that the socket may come back: who needs several takes all or none, and nobody holds a
//! lock meanwhile, because what is being made of the first one may ask for the next.

use std::cell::Cell;
use std::fmt;
use std::os::fd::{OwnedFd, RawFd};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::error::Error;
use crate::given::Inherit;

/// How long a claim of another thread is waited for. It is short while the socket is examined, and long where a server
/// comes up on it.
const PATIENCE: Duration = Duration::from_secs(1);

thread_local! {
    /// How often this thread has changed a table.
    static OWN_CHANGES: Cell<u64> = const { Cell::new(0) };
    /// Whether its last claim was refused.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

pub(super) struct Table {
    /// To which they were passed.
    process: u32,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// As many as were announced, or none.
    sockets: Vec<Passed>,
    /// How often one was claimed, taken or put back.
    changes: u64,
}

/// One socket that was passed.
pub(super) struct Passed {
    number: RawFd,
    name: Option<String>,
    place: Place,
}

pub(super) enum Place {
    Here(OwnedFd),
    Claimed(ThreadId),
    Taken,
}

/// What a socket is for whoever claims it, or what is to be said of it.
pub(super) type Fits<'a, T> = &'a dyn Fn(&SockRef<'_>) -> Result<T, String>;

impl Table {
    pub(super) const fn new(process: u32, sockets: Vec<Passed>) -> Self {
        Self { process, state: Mutex::new(State { sockets, changes: 0 }), changed: Condvar::new() }
    }

    /// A fork has the table of its parent as well, but no right to it; and whoever had locked it is not there to unlock it.
    pub(super) fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().sockets.is_empty()
    }

    /// Takes one out, with its index, by which whoever claims it says later what has become of it. The error is for people.
    pub(super) fn claim<T>(&self, inherit: &Inherit, fits: Fits<'_, T>) -> Result<(usize, OwnedFd, T), String> {
        let result = self.lock().claim(inherit, fits);
        REFUSED.set(result.is_err());
        if result.is_ok() {
            self.changed.notify_all();
        }
        result
    }

    pub(super) fn claiming<T>(&self, mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
        let mut deadline = None;
        loop {
            let before = self.lock().changes_by_others();
            REFUSED.set(false);
            match attempt() {
                Err(error) if REFUSED.get() => {
                    let deadline = *deadline.get_or_insert_with(|| Instant::now() + PATIENCE);
                    if !self.is_changed_by_others(before, deadline) {
                        return Err(error);
                    }
                }
                result => return result,
            }
        }
    }

    /// Waits for it as long as another thread may still do so.
    fn is_changed_by_others(&self, before: u64, deadline: Instant) -> bool {
        let mut state = self.lock();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            if state.changes_by_others() != before {
                return true;
            }
            if !state.is_claimed_by_others() {
                return false;
            }
            (state, _) = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn left_over(&self) -> Option<String> {
        self.lock().list(|passed| matches!(passed.place, Place::Here(_)).then(|| passed.to_string()))
    }

    /// What becomes of a claimed socket.
    pub(super) fn settle(&self, index: usize, place: Place) {
        let mut state = self.lock();
        state.sockets[index].place = place;
        state.count_change();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn claim<T>(&mut self, inherit: &Inherit, fits: Fits<'_, T>) -> Result<(usize, OwnedFd, T), String> {
        let wanted = |passed: &Passed| match inherit {
            Inherit::Next => true,
            Inherit::Named(name) => passed.name.as_deref() == Some(name),
        };
        let found = self.sockets.iter().enumerate().find_map(|(index, passed)| match &passed.place {
            Place::Here(descriptor) if wanted(passed) => Some((index, fits(&SockRef::from(descriptor)))),
            _ => None,
        });
        let Some((index, found)) = found else {
            let taken = self.sockets.iter().any(wanted);
            return Err(match inherit {
                Inherit::Next => format!("one more socket is wanted than the {} that were passed", self.sockets.len()),
                Inherit::Named(name) if taken => format!("all passed sockets named `{name}` are taken already"),
                Inherit::Named(name) => format!("no socket named `{name}` was passed; there are {}", self.names()),
            });
        };
        let passed = &mut self.sockets[index];
        let found = found.map_err(|misfit| format!("{passed} {misfit}"))?;
        match std::mem::replace(&mut passed.place, Place::Claimed(thread::current().id())) {
            Place::Here(descriptor) => {
                self.count_change();
                Ok((index, descriptor, found))
            }
            Place::Claimed(_) | Place::Taken => unreachable!("it was just found"),
        }
    }

    fn names(&self) -> String {
        let names = self.list(|passed| Some(format!("`{}`", passed.name.as_ref()?.escape_debug())));
        names.unwrap_or_else(|| format!("{} without names", self.sockets.len()))
    }

    /// Words about some of them, in one line.
    fn list(&self, words: fn(&Passed) -> Option<String>) -> Option<String> {
        let list: Vec<_> = self.sockets.iter().filter_map(words).collect();
        (!list.is_empty()).then(|| list.join(", "))
    }

    fn count_change(&mut self) {
        self.changes += 1;
        OWN_CHANGES.set(OWN_CHANGES.get() + 1);
    }

    fn changes_by_others(&self) -> u64 {
        self.changes - OWN_CHANGES.get()
    }

    fn is_claimed_by_others(&self) -> bool {
        let own = thread::current().id();
        self.sockets.iter().any(|passed| matches!(passed.place, Place::Claimed(thread) if thread != own))
    }
}

impl Passed {
    pub(super) fn new(number: RawFd, name: Option<String>, descriptor: OwnedFd) -> Self {
        Self { number, name, place: Place::Here(descriptor) }
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "descriptor {}", self.number)?;
        match &self.name {
            Some(name) => write!(formatter, " (`{}`)", name.escape_debug()),
            None => Ok(()),
        }
    }
}
