//! What happens in the child, between fork and exec, and what is made for it before.
//!
//! Every step in the child is one that signal-safety(7) allows, or that std takes at this very place: system calls, the
//! formatting of a number into an array on the stack, and execvp, which keeps its candidates on the stack in glibc and
//! musl. An [`io::Error`] of the system's is a bare number, on no heap.

use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::process;

use socket2::SockRef;

use super::Program;
use super::strings::{CStringArray, Environment};
use crate::sys::modes::Modes;

/// The first descriptor that is passed, `SD_LISTEN_FDS_START`.
const FIRST: RawFd = 3;

/// Where copies lie until they are placed: above what a closure is likely to put anything at, or to close in a loop.
pub(super) const FAR: RawFd = 1024;

/// A larger table of descriptors costs every fork of this process milliseconds.
const FARTHEST: RawFd = 4095;

/// All that the child needs, made before the fork.
pub(super) struct Plan {
    arguments: CStringArray,
    environment: Environment,
    /// Above the targets and close-on-exec, so that placing one never overwrites another, and none stays behind.
    sources: Vec<Source>,
    /// Likewise; a stream.
    report: Source,
}

/// A copy of a descriptor, until it is placed.
struct Source {
    descriptor: OwnedFd,
    identity: Identity,
    /// As this process has them.
    modes: Modes,
}

/// What tells open files apart, whatever their number.
#[derive(PartialEq, Eq)]
struct Identity {
    device: libc::dev_t,
    inode: libc::ino_t,
}

/// What the child says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// All is in place, and this process is about to run the program.
    Ready(libc::pid_t),
    /// The system refuses, for this reason.
    Failed(i32),
    /// What was to be placed at this number is not what it was.
    Replaced(RawFd),
}

impl Plan {
    pub(super) fn new(program: Program, descriptors: &[OwnedFd], report: &OwnedFd) -> io::Result<Self> {
        let Program { arguments, environment, removed, added } = program;
        let targets = RawFd::try_from(descriptors.len()).unwrap_or(RawFd::MAX);
        let above = FIRST.saturating_add(targets);
        Ok(Self {
            arguments: CStringArray::new(arguments),
            environment: Environment::new(environment, removed, added),
            sources: descriptors.iter().map(|descriptor| Source::new(descriptor, above)).collect::<io::Result<_>>()?,
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
    unsafe fn run(&self) -> Message {
        for (target, source) in (FIRST..).zip(&self.sources) {
            if !source.is_as_made() {
                return Message::Replaced(target);
            }
            // SAFETY: as for this function.
            if let Err(error) = unsafe { place(source.descriptor.as_fd(), target) } {
                return error.into();
            }
        }
        // Lives until the program runs, or this process is no more.
        let mut listen_pid = [0; 32];
        let listen_pid = if self.sources.is_empty() {
            None
        } else {
            let mut rest = &mut listen_pid[..];
            let _ = write!(rest, "LISTEN_PID={}\0", process::id());
            Some(listen_pid.as_mut_ptr().cast())
        };
        // SAFETY: this process has one thread, so nobody else looks at the environment or changes it.
        let Some(environment) = (unsafe { self.environment.fill(listen_pid) }) else {
            return Message::Failed(libc::E2BIG);
        };
        // The last that is done, because the modes are those of everybody who has the socket.
        for source in &self.sources {
            if let Err(error) =
                Modes::of(&source.descriptor).and_then(|modes| modes.change(&source.descriptor, &Modes::NEW))
            {
                self.restore_modes();
                return error.into();
            }
        }
        // SAFETY: getpid(2) cannot fail.
        self.say(Message::Ready(unsafe { libc::getpid() }));
        // SAFETY: both arrays end in a null pointer, and what they point to lives until the call has ended. `execvp` takes
        // its PATH from the environment just installed, as with std.
        unsafe {
            super::strings::install(environment);
            libc::execvp(*self.arguments.as_ptr(), self.arguments.as_ptr());
        }
        let error = io::Error::last_os_error();
        self.restore_modes();
        error.into()
    }

    fn restore_modes(&self) {
        for Source { descriptor, modes, .. } in &self.sources {
            // What cannot be restored could not be changed.
            let _ = Modes::of(descriptor).and_then(|now| now.change(descriptor, modes));
        }
    }

    fn say(&self, message: Message) {
        // A closure may have put something of its own here. To say nothing then says enough.
        if self.report.is_as_made() {
            let _ = SockRef::from(&self.report.descriptor).send(&message.bytes());
        }
    }
}

/// Puts a copy at a number.
///
/// # Safety
///
/// What was open there is closed, so nobody may rely on it.
unsafe fn place(source: BorrowedFd<'_>, target: RawFd) -> io::Result<()> {
    // SAFETY: as for this function; the source is open for as long as it is borrowed.
    while unsafe { libc::dup2(source.as_raw_fd(), target) } == -1 {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(())
}

impl Source {
    fn new(descriptor: &OwnedFd, above: RawFd) -> io::Result<Self> {
        let descriptor = copy(descriptor.as_fd(), above)?;
        Ok(Self { identity: Identity::of(&descriptor)?, modes: Modes::of(&descriptor)?, descriptor })
    }

    /// Whether a closure of the user's has left it alone. It might also have let the program inherit it, which would keep
    /// a port, or a stream that is waited for, open for as long as the program runs.
    fn is_as_made(&self) -> bool {
        let same = Identity::of(&self.descriptor).is_ok_and(|identity| identity == self.identity);
        // SAFETY: F_SETFD changes a flag of an open descriptor.
        same && unsafe { libc::fcntl(self.descriptor.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) } != -1
    }
}

impl Identity {
    fn of(descriptor: &OwnedFd) -> io::Result<Self> {
        // SAFETY: all zeros is a valid value of this plain C structure.
        let mut file: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
        match unsafe { libc::fstat(descriptor.as_raw_fd(), &raw mut file) } {
            0 => Ok(Self { device: file.st_dev, inode: file.st_ino }),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// A close-on-exec copy, far up if there is room, and in any case above what is placed.
fn copy(descriptor: BorrowedFd<'_>, above: RawFd) -> io::Result<OwnedFd> {
    match duplicate(descriptor, above.max(FAR)) {
        Ok(copy) if copy.as_raw_fd() <= FARTHEST => Ok(copy),
        Err(error) if !matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EMFILE)) => Err(error),
        _ => duplicate(descriptor, above),
    }
    .map_err(|error| match error.raw_os_error() {
        // The limit is so low that not even the number that was asked for is below it.
        Some(libc::EINVAL) => io::Error::from_raw_os_error(libc::EMFILE),
        _ => error,
    })
}

/// A close-on-exec copy whose number is at least `minimum`.
fn duplicate(descriptor: BorrowedFd<'_>, minimum: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the descriptor is open for as long as it is borrowed.
    let copy = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, minimum) };
    if copy == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the copy has just been made, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

impl Message {
    pub(super) const NOTHING: [u8; 5] = [0; 5];

    fn bytes(self) -> [u8; 5] {
        let (kind, number) = match self {
            Self::Ready(process) => (b'r', process),
            Self::Failed(code) => (b'f', code),
            Self::Replaced(target) => (b'p', target),
        };
        let [a, b, c, d] = number.to_ne_bytes();
        [kind, a, b, c, d]
    }

    pub(super) fn read([kind, number @ ..]: [u8; 5]) -> Option<Self> {
        let number = i32::from_ne_bytes(number);
        match kind {
            b'r' => Some(Self::Ready(number)),
            b'f' => Some(Self::Failed(number)),
            b'p' => Some(Self::Replaced(number)),
            _ => None,
        }
    }
}

impl From<io::Error> for Message {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.raw_os_error().unwrap_or(libc::EINVAL))
    }
}
