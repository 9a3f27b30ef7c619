//! A resource limit as a mark: a process hands it down to all that it starts, through `exec` as well, and no program has a
//! reason to change it.
//!
//! It is the number of locks, which Linux has not counted since 2.4.25, see setrlimit(2). The limit is set from outside, so
//! the program is started in no other way than without it; what it starts in the first moment does not have it.
#![allow(unsafe_code, reason = "system calls")]

use std::ptr;

use crate::sys::proc_fs::Pid;

/// `rlimit64`.
#[repr(C)]
struct Limit {
    soft: u64,
    hard: u64,
}

/// Sets it on a process that nobody has waited for, so that its number is not another's. Nothing happens where that is not
/// permitted (a program that runs as another user, a sandbox), or where the process may not have such a limit.
pub(super) fn set(pid: Pid, mark: u64) {
    let Some(Limit { hard, .. }) = get(pid) else { return };
    let limit = Limit { soft: mark, hard };
    let nowhere: *mut Limit = ptr::null_mut();
    // SAFETY: the first pointer is to a structure that lives during the call, the second asks for nothing.
    unsafe { libc::syscall(libc::SYS_prlimit64, pid, libc::RLIMIT_LOCKS, &raw const limit, nowhere) };
}

/// Whether a process has it, a zombie included. Not, where it is not permitted to look.
pub(super) fn is_on(pid: Pid, mark: u64) -> bool {
    get(pid).is_some_and(|limit| limit.soft == mark)
}

fn get(pid: Pid) -> Option<Limit> {
    // 0 would be this process.
    let pid = Some(pid).filter(|&pid| pid > 0)?;
    let mut limit = Limit { soft: 0, hard: 0 };
    let nothing: *const Limit = ptr::null();
    // SAFETY: the first pointer changes nothing, the second is to a structure of the right type.
    let status = unsafe { libc::syscall(libc::SYS_prlimit64, pid, libc::RLIMIT_LOCKS, nothing, &raw mut limit) };
    (status == 0).then_some(limit)
}
