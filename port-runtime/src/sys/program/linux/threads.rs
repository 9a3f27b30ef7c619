//! The threads of a process, of which the first may have ended: then the process looks like a zombie, and others tell what it
//! has.

use std::fs;

use crate::sys::descriptors::Sockets;
use crate::sys::proc_fs::Pid;

/// Their numbers.
pub(super) fn of(pid: Pid) -> impl Iterator<Item = Pid> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads.filter_map(|thread| thread.file_name().to_str()?.parse().ok())
}

/// Those but the first.
pub(super) fn others(pid: Pid) -> impl Iterator<Item = Pid> {
    of(pid).filter(move |&thread| thread != pid)
}

/// The sockets that they have open.
pub(super) fn sockets(pid: Pid) -> Vec<u64> {
    let open = |thread: Pid| Sockets::of(thread).into_iter().flatten();
    let sockets: Vec<_> = open(pid).collect();
    if sockets.is_empty() { others(pid).take(1).flat_map(open).collect() } else { sockets }
}
