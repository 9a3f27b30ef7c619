//! What closures between fork and exec may do, and what has to come of a spawn whatever they do.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe to call, and the closures make bare system calls")]

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use port_runtime::PassListeners;

use crate::support::{ask_tcp, consumer, listed, tcp};

pub(crate) fn with(mut command: Command, closure: impl FnMut() -> io::Result<()> + Send + Sync + 'static) -> Command {
    // SAFETY: the closures of these tests make system calls, and nothing else.
    unsafe { command.pre_exec(closure) };
    command
}

/// The command gets just this listener, or nothing is left of it and another command gets the listener.
pub(crate) fn passes_or_fails(mut command: Command) -> io::Result<()> {
    let listener = tcp();
    let address = listener.local_addr().expect("bound");
    let mut passed = PassListeners::new().with("http", listener);
    let (result, mut child) = match passed.spawn(&mut command) {
        Ok(child) => (Ok(()), child),
        Err(error) => (Err(error), passed.spawn(&mut consumer(["sd-listen-fds", "serve"])).expect("still here")),
    };
    assert_eq!(listed(&mut child), [format!("http tcp {address}")], "{result:?}");
    assert_eq!(ask_tcp(address), child.id(), "{result:?}");
    assert!(child.wait().expect("a child").success());
    result
}

pub(crate) fn server() -> Command {
    consumer(["sd-listen-fds", "serve"])
}

/// What a system call says of itself.
fn check(status: impl Into<i64>) -> io::Result<()> {
    if status.into() == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// As a shell does it for `7>file`.
pub(crate) fn puts_a_file_at(number: RawFd) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    let file = File::open("/dev/null").expect("it is there");
    // SAFETY: both are numbers; what was there is nobody's in a process that is about to be replaced.
    move || check(unsafe { libc::dup2(file.as_raw_fd(), number) })
}

/// As programs do it that want to leak nothing.
pub(crate) fn close_from(first: libc::c_uint) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    // SAFETY: takes numbers; what is closed is nobody's in a process that is about to be replaced.
    move || check(unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0) })
}

pub(crate) fn close_each(numbers: Range<RawFd>) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    move || {
        // SAFETY: takes numbers, of which nobody needs what is behind them, also where nothing is.
        numbers.clone().for_each(|number| _ = unsafe { libc::close(number) });
        Ok(())
    }
}

/// As some libraries do it to pass on what they have opened.
pub(crate) fn make_inheritable(numbers: Range<RawFd>) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    move || {
        // SAFETY: takes numbers; on what is not open it fails.
        numbers.clone().for_each(|number| _ = unsafe { libc::fcntl(number, libc::F_SETFD, 0) });
        Ok(())
    }
}

pub(crate) fn limit_descriptors(limit: libc::rlim_t) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: limit, rlim_max: limit };
    // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) })
}

/// As a daemon is made: the process that was started ends, and its child becomes the program.
pub(crate) fn fork() -> io::Result<()> {
    // SAFETY: this process has one thread.
    match unsafe { libc::fork() } {
        0 => Ok(()),
        // SAFETY: ends the process, which has nothing to clean up.
        1.. => unsafe { libc::_exit(7) },
        error => check(error),
    }
}
