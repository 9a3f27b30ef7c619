//! The end of programs: the child is asked, then those it has left behind, then all that is left is killed.

use std::time::{Duration, Instant};

use super::handle::Handle;
use super::{Mark, Program, tree};

/// For those whom the child has left behind, and who are asked after its end.
const PAUSE: Duration = Duration::from_millis(300);
/// For what cannot be refused, and takes its time on a machine that is very busy.
const AFTER_KILL: Duration = Duration::from_secs(10);

/// A program on its way out, with all of its processes that were ever seen: descent does not find one any more whose
/// parent has ended.
pub(super) struct Ending<'a> {
    program: &'a Program,
    /// In order.
    seen: Vec<Handle>,
}

impl<'a> Ending<'a> {
    /// Notes who belongs to it.
    pub(super) fn new(program: &'a Program) -> Self {
        let mut ending = Self { program, seen: Vec::new() };
        // Who carries the mark does so afterwards, too.
        ending.look(None);
        ending
    }

    fn look(&mut self, mark: Option<&Mark>) {
        // A number whose process was replaced by another: the mark decides about that one, or the new parent.
        self.seen.retain(|handle| !handle.has_ended());
        for pid in tree::members(self.program.child.as_ref(), mark) {
            let Err(place) = self.seen.binary_search_by_key(&pid, |handle| handle.pid) else { continue };
            // A zombie whose parent does not care would never be gone.
            if let Some(handle) = Handle::of(pid).filter(|handle| !handle.has_ended()) {
                self.seen.insert(place, handle);
            }
        }
    }

    /// Asks the child to end.
    pub(super) fn ask(&self, signal: i32) {
        if let Some(child) = self.program.child.as_ref().filter(|child| !child.has_ended()) {
            ask(child, signal);
        }
    }

    /// Waits for the child.
    pub(super) fn child_ends_within(&self, limit: Duration) -> bool {
        self.program.child.as_ref().is_none_or(|child| child.ends_within(limit))
    }

    fn signal_all(&self, signal: i32) {
        self.ask(signal);
        self.seen.iter().for_each(|handle| handle.signal(signal));
    }

    fn all_end_by(&self, until: Instant) -> bool {
        let left = || until.saturating_duration_since(Instant::now());
        self.child_ends_within(left()) && self.seen.iter().all(|handle| handle.ends_within(left()))
    }

    /// Ends those who are left, politely first.
    pub(super) fn clear(mut self) {
        self.look(self.program.mark.as_ref());
        if self.seen.is_empty() && self.program.child.as_ref().is_none_or(Handle::has_ended) {
            return;
        }
        self.seen.iter().for_each(|handle| ask(handle, libc::SIGTERM));
        // A child that is here still has had its time.
        self.ask(libc::SIGKILL);
        self.all_end_by(Instant::now() + PAUSE);
        self.kill();
    }

    /// Ends everybody at once.
    pub(super) fn kill(mut self) {
        let until = Instant::now() + AFTER_KILL;
        // Whoever is killed may have started another one just before.
        while Instant::now() < until {
            self.look(self.program.mark.as_ref());
            self.signal_all(libc::SIGKILL);
            if self.all_end_by(until) {
                self.look(self.program.mark.as_ref());
                if self.seen.is_empty() {
                    return;
                }
            }
        }
    }
}

/// Sends a signal that is heard: one that is stopped would hear nothing before it goes on.
fn ask(process: &Handle, signal: i32) {
    process.signal(signal);
    if signal != libc::SIGKILL {
        process.signal(libc::SIGCONT);
    }
}
