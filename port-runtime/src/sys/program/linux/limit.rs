//! A resource limit as a mark: a process hands it down to all that it starts, through `exec` as well, and no program has a
//! reason to change it. It is the number of locks, which Linux has not counted since 2.4.25, see setrlimit(2).
#![allow(unsafe_code, reason = "system calls, and one function between fork and exec")]

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sys::proc_fs::Pid;

/// `rlimit64`.
#[repr(C)]
struct Limit {
    soft: u64,
    hard: u64,
}

/// Gives it to what the command starts next, before that can start anything itself; to nobody once the number is 0.
pub(super) fn hand_down(command: &mut Command, mark: &Arc<AtomicU64>) {
    let mark = Arc::clone(mark);
    let closure = move || {
        match mark.load(Ordering::Relaxed) {
            0 => {}
            mark => set_on(0, mark),
        }
        Ok(())
    };
    // SAFETY: what runs between fork and exec may neither allocate nor wait for a lock. This reads a number and makes two
    // system calls.
    unsafe { command.pre_exec(closure) };
}

/// Sets it on a child that nobody has waited for, so that its number is not another's.
pub(super) fn set(pid: Pid, mark: u64) {
    if pid > 0 {
        set_on(pid, mark);
    }
}

/// 0 is this process. Nothing happens where that is not permitted (to a program that runs as another user, in a sandbox),
/// or where the process may not have such a limit.
fn set_on(pid: Pid, mark: u64) {
    let Some(Limit { hard, .. }) = get(pid) else { return };
    let limit = Limit { soft: mark, hard };
    let nowhere: *mut Limit = ptr::null_mut();
    // SAFETY: the first pointer is to a structure that lives during the call, the second asks for nothing.
    unsafe { libc::syscall(libc::SYS_prlimit64, pid, libc::RLIMIT_LOCKS, &raw const limit, nowhere) };
}

/// Whether a process has it, a zombie included. Not, where it is not permitted to look.
pub(super) fn is_on(pid: Pid, mark: u64) -> bool {
    pid > 0 && get(pid).is_some_and(|limit| limit.soft == mark)
}

fn get(pid: Pid) -> Option<Limit> {
    let mut limit = Limit { soft: 0, hard: 0 };
    let nothing: *const Limit = ptr::null();
    // SAFETY: the first pointer changes nothing, the second is to a structure of the right type.
    let status = unsafe { libc::syscall(libc::SYS_prlimit64, pid, libc::RLIMIT_LOCKS, nothing, &raw mut limit) };
    (status == 0).then_some(limit)
}
