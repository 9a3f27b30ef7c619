//! A holder that ends while it is looked for: at each system call of the search, one after the other. Its number is then
//! somebody else's at once.
#![allow(unsafe_code, reason = "a signal handler, and a fork in it")]

use std::fs;
use std::sync::atomic::{AtomicI32, Ordering};

use test_support::eventually;

use super::{UNSEEN, listener, sleeper, told};
use crate::support::Child;
use crate::support::trace::{Traced, watch};

/// So many system calls until the holder ends.
static LEFT: AtomicI32 = AtomicI32::new(0);
static HOLDER: AtomicI32 = AtomicI32::new(0);

/// Strace sends the signal at each of the calls. By default it is ignored, as by the programs that are started.
const SIGNAL: libc::c_int = libc::SIGURG;
const CALLS: &str = "openat,readlink,readlinkat,getdents64,statx,sendto,recvfrom:signal=SIGURG";

extern "C" fn count(_: libc::c_int) {
    if LEFT.fetch_sub(1, Ordering::Relaxed) != 1 {
        return;
    }
    // SAFETY: the address of this thread's variable.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *errno };
    let holder = HOLDER.load(Ordering::Relaxed);
    end(holder);
    take_number(holder);
    // SAFETY: as above.
    unsafe { *errno = before };
}

fn end(process: libc::pid_t) {
    // SAFETY: both may be called in a signal handler; it is a child of this process.
    unsafe { libc::kill(process, libc::SIGKILL) };
    // SAFETY: as above.
    unsafe { libc::waitpid(process, std::ptr::null_mut(), 0) };
}

/// Starts a process with this number, which has just become free.
fn take_number(number: libc::pid_t) {
    let mut text = [0_u8; 12];
    let mut at = text.len();
    let mut rest = number - 1;
    while rest > 0 {
        at -= 1;
        text[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    // SAFETY: these may be called in a signal handler; the path ends in a null byte, and the text has this length.
    let file = unsafe { libc::open(c"/proc/sys/kernel/ns_last_pid".as_ptr(), libc::O_WRONLY) };
    // SAFETY: as above.
    unsafe { libc::write(file, text[at..].as_ptr().cast(), text.len() - at) };
    // SAFETY: as above.
    unsafe { libc::close(file) };
    // Strace does not follow it: of two processes with one number it takes the second for the first, and gives up. As
    // `fork`, but for that.
    let flags = libc::c_long::from(libc::CLONE_UNTRACED | libc::SIGCHLD);
    let (first, second) = if cfg!(target_arch = "s390x") { (0, flags) } else { (flags, 0) };
    // SAFETY: no lock is held at the system calls at which the signal comes, and the child does nothing but wait.
    if unsafe { libc::syscall(libc::SYS_clone, first, second, 0_usize, 0_usize, 0_usize) } == 0 {
        loop {
            // SAFETY: it takes nothing.
            unsafe { libc::pause() };
        }
    }
}

#[cfg_attr(
    not(all(has_strace, has_pid_namespace)),
    ignore = "`strace` is not installed, or may not trace, or `unshare -p` makes no pid namespace here"
)]
#[test]
fn it_is_not_told_wrong() {
    let unshare = ["unshare", env!("BEHAVIOUR_UNSHARE_PID"), "--fork", "--kill-child", "--mount-proc"];
    Traced::injecting_into(Child::new().wrapped_in(unshare), CALLS).run(|| {
        // SAFETY: all zeros is a valid value of this plain C structure.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = count as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESTART;
        // SAFETY: the handler does what may be done in one.
        assert_eq!(unsafe { libc::sigaction(SIGNAL, &raw const action, std::ptr::null_mut()) }, 0);
        let mut answers = Vec::new();
        watch(|| {
            for calls in 1..1000 {
                let (told, is_over) = told_while_it_ends(calls);
                if is_over {
                    return;
                }
                answers.push(told);
            }
            panic!("the search does not end");
        });
        // It ended during the search, and after it.
        for answer in [LET_GO, "by sleep"] {
            assert!(answers.iter().any(|told| told.starts_with(answer)), "{answer} of {answers:?}");
        }
    });
}

const LET_GO: &str = "by a program that has let it go meanwhile";

/// What is told of a holder that ends at one of the calls, and whether there are not so many.
fn told_while_it_ends(calls: i32) -> (String, bool) {
    // On a busy machine the search may be given up, and the holder ends afterwards.
    for _ in 0..20 {
        let (listener, port) = listener();
        let holder = sleeper(listener);
        let pid = holder.0.id();
        // A program that is just being started has no command line.
        let has_command = || fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"sleep"));
        eventually("the start of the holder", has_command);
        let number = pid.try_into().unwrap();
        HOLDER.store(number, Ordering::Relaxed);
        LEFT.store(calls, Ordering::Relaxed);
        let told = told(port);
        let is_over = LEFT.swap(0, Ordering::Relaxed) > 0;
        // It, or who has its number now.
        end(number);
        std::mem::forget(holder);
        if told != UNSEEN {
            let allowed = [LET_GO.to_owned(), format!("by sleep (pid {pid}: `sleep 1000`)")];
            assert!(allowed.contains(&told), "ended at call {calls}: {told}");
            return (told, is_over);
        }
    }
    panic!("ended at call {calls}: {UNSEEN}, again and again");
}
