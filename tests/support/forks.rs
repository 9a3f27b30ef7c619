//! A process that is being started has copies of all sockets until it becomes the other program: a port that was let go
//! of in the meantime is still bound. Tests of what is free again therefore keep the others from starting any.

use std::io;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

static FORKS: RwLock<()> = RwLock::new(());

/// Nothing is started while this lives. One per test: a second one may wait for somebody who waits for the first.
pub fn none() -> RwLockReadGuard<'static, ()> {
    FORKS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a process. All copies are gone when this returns.
///
/// # Errors
///
/// Those of [`Command::spawn`].
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let _alone = FORKS.write().unwrap_or_else(PoisonError::into_inner);
    command.spawn()
}

/// Runs a program without input to its end.
///
/// # Errors
///
/// Those of [`Command::output`].
pub fn output(command: &mut Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    spawn(command)?.wait_with_output()
}
