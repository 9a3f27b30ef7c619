//! Starting a program with open descriptors at 3 and up, and a `LISTEN_PID` that is right.
//!
//! Three facts shape this. The process id is known only after the fork, while [`Command`] installs the environment it
//! made before, and does so after the last `pre_exec` closure. The descriptor on which std reports a failed exec may sit
//! on any number, so that a socket placed at 3 can silence it, and a program that is missing looks started. And a
//! closure cannot be taken out of a [`Command`] again.
//!
//! Hence the last closure does not return: it places the descriptors, executes the program itself, and reports on a
//! stream of its own, which lies above all that is placed. And it holds its [`Plan`] weakly, so that it does nothing once
//! the spawn is over.
//!
//! The user's closures run before it, and may have closed or replaced any descriptor. So nothing is believed that the
//! child does not say: that all is in place and the program about to run is a message of its own, and only then the end of
//! the stream means that it runs.
#![allow(unsafe_code, reason = "bare system calls between fork and exec")]

mod child;
mod message;
mod source;
mod strings;

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

use self::child::Plan;
use self::message::Said;

/// What to run, apart from what the [`Command`] sees to itself.
pub(crate) struct Program {
    /// They begin with the program.
    pub(crate) arguments: Vec<CString>,
    /// `None` is what the child has at that time.
    pub(crate) environment: Option<Vec<CString>>,
    /// Variables that are not to be seen in it.
    pub(crate) removed: &'static [&'static str],
    /// And such as are. `LISTEN_PID` comes by itself, where there is something to pass.
    pub(crate) added: Vec<CString>,
}

/// The next spawn of a command passes descriptors, as long as this lives.
///
/// Dropped before [`started`](Self::started) has taken it, it ends the program, should it run: then the spawn has failed
/// for its caller, who cannot do that.
pub(crate) struct Armed {
    /// `None` once the spawn is over.
    plan: Option<Arc<Plan>>,
    reports: UnixStream,
}

/// Why there is no program.
#[derive(Debug)]
pub(crate) struct NotStarted {
    pub(crate) error: io::Error,
    /// It did not say so itself, and may be something else that runs by now.
    pub(crate) may_run: bool,
}

impl Armed {
    pub(crate) fn new(command: &mut Command, program: Program, descriptors: &[OwnedFd]) -> io::Result<Self> {
        let (reports, report) = UnixStream::pair()?;
        let plan = Arc::new(Plan::new(program, descriptors, &report.into())?);
        let armed = Arc::downgrade(&plan);
        let closure = move || match armed.upgrade() {
            // SAFETY: this is the process between fork and exec, and std calls nothing after the last closure.
            Some(plan) => unsafe { plan.become_program() },
            None => Ok(()),
        };
        // SAFETY: what runs between fork and exec may neither allocate nor wait for a lock, since the thread that holds
        // the lock is not there to release it. `upgrade` counts in an atomic; for the rest see `Plan::become_program`.
        unsafe { command.pre_exec(closure) };
        Ok(Self { plan: Some(plan), reports })
    }

    /// Waits until the spawned process has become the program, or tells why it has not.
    ///
    /// It is std's wait once more: std itself learns at most that its own descriptor was closed.
    pub(crate) fn started(mut self) -> Result<(), NotStarted> {
        let said = self.listen();
        match said.error() {
            Some(error) => Err(NotStarted { error, may_run: said.may_run() }),
            None => Ok(()),
        }
    }

    fn listen(&mut self) -> Said {
        // With it goes this process's copy of the writing end, without which the end of the stream never comes.
        self.plan = None;
        Said::on(&mut self.reports)
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        if self.plan.is_none() {
            return;
        }
        for process in self.listen().running {
            // SAFETY: takes numbers. The process is a child of this one that nobody has waited for, so the number is its
            // own; where SIGCHLD is ignored, it is for as long as the program runs.
            unsafe { libc::kill(process, libc::SIGKILL) };
            // SAFETY: a null pointer asks for no status. Of what is no child of this process it says so.
            unsafe { libc::waitpid(process, std::ptr::null_mut(), 0) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::{Armed, Program};

    fn armed(command: &mut Command) -> Armed {
        let arguments = [command.get_program()].into_iter().chain(command.get_args());
        let arguments = arguments.map(|it| it.to_str().unwrap().as_bytes().to_vec());
        let arguments = arguments.map(|it| std::ffi::CString::new(it).unwrap()).collect();
        Armed::new(command, Program { arguments, environment: None, removed: &[], added: Vec::new() }, &[]).unwrap()
    }

    #[cfg_attr(miri, ignore = "it starts a program")]
    #[test]
    fn a_program_that_nobody_hears_of_is_ended() {
        let mut sleep = Command::new("sleep");
        sleep.arg("60").stdin(Stdio::null());
        let armed = armed(&mut sleep);
        let mut child = sleep.spawn().unwrap();
        drop(armed);
        assert_eq!(child.wait().unwrap_err().raw_os_error(), Some(libc::ECHILD), "it was waited for");
    }

    #[cfg_attr(miri, ignore = "it starts a program")]
    #[test]
    fn a_spawn_that_was_armed_and_never_came_is_over() {
        let mut echo = Command::new("true");
        drop(armed(&mut echo));
        assert!(echo.status().unwrap().success());
        let armed = armed(&mut echo);
        let mut child = echo.spawn().unwrap();
        armed.started().unwrap();
        assert!(child.wait().unwrap().success());
    }
}
