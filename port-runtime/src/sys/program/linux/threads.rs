//! The threads of a process, of which the first may have ended: then the process looks like a zombie, and others tell what it
//! has.

use crate::sys::descriptors::Sockets;
use crate::sys::proc_fs::{self, Pid};

/// Their numbers.
pub(super) fn of(pid: Pid) -> Vec<Pid> {
    proc_fs::numbers_in(&format!("/proc/{pid}/task"))
}

/// One that is not the first.
pub(super) fn other(pid: Pid) -> Option<Pid> {
    of(pid).into_iter().find(|&thread| thread != pid)
}

/// The sockets that they have open.
pub(super) fn sockets(pid: Pid) -> Vec<u64> {
    match open(pid) {
        sockets if sockets.is_empty() => other(pid).map(open).unwrap_or_default(),
        sockets => sockets,
    }
}

fn open(thread: Pid) -> Vec<u64> {
    Sockets::of(thread).map(Iterator::collect).unwrap_or_default()
}
