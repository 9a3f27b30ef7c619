//! One process, and no other that gets its number later.

use std::io;
use std::time::{Duration, Instant};

use super::pidfd::Pidfd;
use super::threads;
use crate::sys::proc_fs::{self, Pid};
use crate::sys::signals;

/// The longest pause between two looks at a process that has no descriptor.
const PAUSE: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(super) struct Handle {
    pub(super) pid: Pid,
    /// Missing where `/proc` shows the processes of another namespace.
    pub(super) born: Option<u64>,
    /// Missing before Linux 5.3, and where this process has no descriptor left.
    pidfd: Option<Pidfd>,
}

impl Handle {
    /// Of a child that nobody has waited for; `None` where it is gone nevertheless.
    pub(super) fn of_child(pid: Pid) -> Option<Self> {
        if proc_fs::is_ours() {
            return Self::of(pid);
        }
        Some(Self { pid, born: None, pidfd: Some(Pidfd::of(pid).ok()?) })
    }

    /// Of a process that was found in `/proc`; `None` for one that is gone.
    pub(super) fn of(pid: Pid) -> Option<Self> {
        let born = Some(proc_fs::stat(pid)?.born);
        let handle = Self { pid, born, pidfd: Pidfd::of(pid).ok() };
        // Or else the number was used again between the two looks, and the descriptor is of another process.
        handle.is_known_by_its_number().then_some(handle)
    }

    /// Whether `/proc` has it under its number, which is not another's by now. It is not before somebody has waited for it.
    pub(super) fn is_known_by_its_number(&self) -> bool {
        proc_fs::stat(self.pid).is_some_and(|stat| Some(stat.born) == self.born)
    }

    /// By what `/proc` tells. One whose first thread has ended has others, or is a zombie.
    fn runs(&self) -> bool {
        let stat = proc_fs::stat(self.pid).filter(|stat| Some(stat.born) == self.born);
        stat.is_some_and(|stat| !stat.is_zombie || threads::other(self.pid).is_some())
    }

    /// Nothing happens to one that has ended.
    pub(super) fn signal(&self, signal: i32) {
        // What was refused, to a server that runs as another user, cannot be helped.
        let _ = match &self.pidfd {
            Some(pidfd) => pidfd.signal(signal),
            None if self.is_known_by_its_number() => signals::kill(self.pid, signal),
            None => Ok(()),
        };
    }

    /// Whether it has ended; a zombie has.
    pub(super) fn has_ended(&self) -> bool {
        self.ends_within(Duration::ZERO)
    }

    pub(super) fn ends_within(&self, limit: Duration) -> bool {
        let started = Instant::now();
        loop {
            let left = limit.saturating_sub(started.elapsed());
            let ended = match &self.pidfd {
                Some(pidfd) => pidfd.has_ended(left),
                None => Ok(!self.runs()),
            };
            match ended {
                Ok(true) => return true,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return true,
                _ if left.is_zero() => return false,
                _ if self.pidfd.is_none() => std::thread::sleep(PAUSE.min(left)),
                _ => {}
            }
        }
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::Handle;

    #[test]
    fn nothing_happens_to_who_has_the_number_now() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let born = Handle::of(child.id()).unwrap().born;
        for born in [born.map(|born| born - 1), None] {
            let former = Handle { pid: child.id(), born, pidfd: None };
            former.signal(libc::SIGKILL);
            assert!(former.has_ended());
        }
        assert!(child.try_wait().unwrap().is_none());
        // And without a descriptor, it can still be ended.
        let known = Handle { pidfd: None, ..Handle::of(child.id()).unwrap() };
        assert!(!known.ends_within(Duration::from_millis(10)));
        known.signal(libc::SIGKILL);
        assert!(known.ends_within(Duration::from_secs(60)), "a zombie has ended");
        child.wait().unwrap();
        assert!(Handle::of(child.id()).is_none_or(|other| other.born != born));
    }
}
