//! A program that was started: where it listens, and how it is ended with all that it started itself.
//!
//! On Linux the kernel and `/proc` tell which sockets and which processes are the program's. Elsewhere, and for tests of
//! that under `--cfg port_runtime_portable`, a connection tells that somebody listens, and the child alone is ended.

#[cfg(all(any(target_os = "linux", target_os = "android"), not(port_runtime_portable)))]
#[path = "linux/mod.rs"]
mod os;
#[cfg(not(all(any(target_os = "linux", target_os = "android"), not(port_runtime_portable))))]
#[path = "portable.rs"]
mod os;

pub(crate) use self::os::{AtExit, Mark, Program, spawn};
use std::process::Child;
use std::time::{Duration, Instant};

use super::owner::Owner;

/// Who listens where a program is expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// The program itself, or somebody of whom the system does not tell who it is.
    Ready,
    /// A process that the program has started. It may be a daemon, whose parent is about to end.
    #[cfg_attr(
        not(all(any(target_os = "linux", target_os = "android"), not(port_runtime_portable))),
        allow(dead_code, reason = "a connection does not tell")
    )]
    Descendant,
    Nobody,
    /// Somebody who is not the program.
    #[cfg_attr(
        not(all(any(target_os = "linux", target_os = "android"), not(port_runtime_portable))),
        allow(dead_code, reason = "a connection does not tell")
    )]
    Stranger(Owner),
}

/// Asks a child by its number, which is nobody else's before it was waited for, and waits for so much time. Where the system
/// has no way to ask, it does nothing.
fn ask(child: &mut Child, signal: i32, grace: Duration, hurry: &dyn Fn() -> bool) {
    #[cfg(unix)]
    let asked = matches!(child.try_wait(), Ok(None)) && super::signals::kill(child.id(), signal).is_ok();
    #[cfg(not(unix))]
    let asked = signal < 0;
    let started = Instant::now();
    while asked && matches!(child.try_wait(), Ok(None)) && started.elapsed() < grace && !hurry() {
        std::thread::sleep(Duration::from_millis(5));
    }
}
