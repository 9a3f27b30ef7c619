//! What happens in the child, between fork and exec, and what is made for it before.
//!
//! Every step in the child is one that signal-safety(7) allows, or that std takes at this very place: system calls, the
//! formatting of a number into an array on the stack, and execvp, which keeps its candidates on the stack in glibc and
//! musl. An [`io::Error`] of the system's is a bare number, on no heap.

use std::io::{self, Write};
use std::os::fd::{OwnedFd, RawFd};
use std::process;

use super::Program;
use super::message::{Message, State};
use super::source::Source;
use super::strings::{self, CStringArray, Environment};

/// The first descriptor that is passed, `SD_LISTEN_FDS_START`.
const FIRST: RawFd = 3;

/// All that the child needs, made before the fork.
pub(super) struct Plan {
    arguments: CStringArray,
    environment: Environment,
    /// Above the targets and close-on-exec, so that placing one never overwrites another, and none stays behind.
    sources: Vec<Source>,
    /// Likewise; a stream.
    report: Source,
}

impl Plan {
    pub(super) fn new(program: Program, descriptors: &[OwnedFd], report: &OwnedFd) -> io::Result<Self> {
        let Program { arguments, environment, removed, added } = program;
        let targets = RawFd::try_from(descriptors.len()).unwrap_or(RawFd::MAX);
        let above = FIRST.saturating_add(targets);
        let mut sources = Vec::new();
        for descriptor in descriptors {
            sources.push(Source::new(descriptor, above)?);
        }
        Ok(Self {
            arguments: CStringArray::new(arguments),
            environment: Environment::new(environment, removed, added),
            sources,
            report: Source::new(report, above)?,
        })
    }

    /// Becomes the program, or reports why not and exits.
    ///
    /// # Safety
    ///
    /// Only for the process between fork and exec, as the last that is called there: it closes and replaces descriptors
    /// and the environment, and no code that could rely on them may run afterwards.
    pub(super) unsafe fn become_program(&self) -> ! {
        // SAFETY: as for this function.
        let why_not = unsafe { self.run() };
        self.say(why_not);
        // SAFETY: always sound; unlike `exit`, it runs none of the parent's destructors and handlers in their copy.
        unsafe { libc::_exit(libc::EXIT_FAILURE) }
    }

    /// Returns only where it fails.
    ///
    /// # Safety
    ///
    /// As for [`become_program`](Self::become_program).
    unsafe fn run(&self) -> State {
        if !self.report.is_as_made() {
            // Nobody will hear it, and so nobody takes the program for started.
            return State::Failed(libc::EBADF);
        }
        for (target, source) in (FIRST..).zip(&self.sources) {
            if !source.is_as_made() {
                return State::Replaced(target);
            }
            // SAFETY: as for this function.
            if let Err(error) = unsafe { source.place(target) } {
                return error.into();
            }
        }
        // Lives until the program runs, or this process is no more.
        let mut listen_pid = [0; 32];
        let listen_pid = if self.sources.is_empty() {
            None
        } else {
            let _ = write!(&mut listen_pid[..], "LISTEN_PID={}\0", process::id());
            Some(listen_pid.as_mut_ptr().cast())
        };
        // SAFETY: this process has one thread, so nobody else looks at the environment or changes it.
        let Some(environment) = (unsafe { self.environment.fill(listen_pid) }) else {
            return State::Failed(libc::E2BIG);
        };
        // The last that is done, because the modes are those of everybody who has the socket.
        if let Err(error) = self.sources.iter().try_for_each(Source::renew_modes) {
            self.restore_modes();
            return error.into();
        }
        self.say(State::Ready);
        // SAFETY: the array ends in a null pointer, and what it points to lives until the call below has ended.
        unsafe { strings::install(environment) };
        // SAFETY: the program's own name is the first of its arguments.
        let program = unsafe { *self.arguments.as_ptr() };
        // SAFETY: the array ends in a null pointer, and what it points to lives until the call has ended. `execvp` takes its
        // PATH from the environment just installed, as with std.
        unsafe { libc::execvp(program, self.arguments.as_ptr()) };
        let error = io::Error::last_os_error();
        self.restore_modes();
        error.into()
    }

    fn restore_modes(&self) {
        self.sources.iter().for_each(Source::restore_modes);
    }

    fn say(&self, state: State) {
        // A closure may have put something of its own here. To say nothing then says enough.
        if self.report.is_as_made() {
            // SAFETY: getpid(2) cannot fail.
            let process = unsafe { libc::getpid() };
            let _ = self.report.send(&Message { process, state }.bytes());
        }
    }
}

impl From<io::Error> for State {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.raw_os_error().unwrap_or(libc::EINVAL))
    }
}
