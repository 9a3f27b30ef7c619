//! Starting a program with open descriptors at 3 and up, and a `LISTEN_PID` that is right.
//!
//! Three facts shape this. The process id is known only after the fork, while [`Command`] installs the environment it
//! made before, and does so after the last `pre_exec` closure. The descriptor on which std reports a failed exec may sit
//! on any number, so that a socket placed at 3 can silence it, and a program that is missing looks started. And a
//! closure cannot be taken out of a [`Command`] again.
//!
//! Hence the last closure does not return: it places the descriptors, executes the program itself, and reports a failure
//! on a stream of its own, which lies above all that is placed. And it holds its plan weakly, so that it does nothing
//! once the spawn is over.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{self, Command};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The first descriptor that is passed, `SD_LISTEN_FDS_START`.
const FIRST: RawFd = 3;

/// The next spawn of a command passes descriptors, as long as this lives.
pub(crate) struct Armed {
    plan: Arc<Plan>,
    reports: UnixStream,
}

impl Armed {
    /// `arguments` begin with the program; `LISTEN_PID` is added to `environment` where there is something to pass.
    pub(crate) fn new(
        command: &mut Command,
        arguments: Vec<CString>,
        environment: Vec<CString>,
        descriptors: &[OwnedFd],
    ) -> io::Result<Self> {
        let targets = RawFd::try_from(descriptors.len()).unwrap_or(RawFd::MAX);
        let above = FIRST.saturating_add(targets);
        let (reports, report) = UnixStream::pair()?;
        let plan = Arc::new(Plan {
            arguments: CStringArray::new(arguments),
            environment: CStringArray::new(environment),
            sources: descriptors.iter().map(|source| duplicate(source.as_fd(), above)).collect::<io::Result<_>>()?,
            report: duplicate(report.as_fd(), above)?.into(),
        });
        let armed = Arc::downgrade(&plan);
        let closure = move || armed.upgrade().map_or(Ok(()), |plan| plan.become_program());
        // SAFETY: what runs between fork and exec may neither allocate nor wait for a lock, since the thread that holds
        // the lock is not there to release it. `upgrade` counts in an atomic; for the rest see `Plan::become_program`.
        unsafe { command.pre_exec(closure) };
        Ok(Self { plan, reports })
    }

    /// Waits until the spawned process has become the program, or returns why it could not.
    ///
    /// It is std's wait once more: std itself learns at most that its own descriptor was closed.
    pub(crate) fn started(self) -> io::Result<()> {
        let Self { plan, mut reports } = self;
        // With it goes this process's copy of the writing end, without which the end of the stream never comes.
        drop(plan);
        let mut code = [0; size_of::<i32>()];
        match reports.read_exact(&mut code) {
            Ok(()) => Err(io::Error::from_raw_os_error(i32::from_ne_bytes(code))),
            // Exec closed the stream: nobody is left who would report.
            Err(_) => Ok(()),
        }
    }
}

/// All that the child needs, made before the fork.
struct Plan {
    arguments: CStringArray,
    environment: CStringArray,
    /// Above the targets and close-on-exec, so that placing one never overwrites another, and none stays behind.
    sources: Vec<OwnedFd>,
    /// Likewise.
    report: UnixStream,
}

impl Plan {
    /// Becomes the program, or reports why not and exits. Only for the process between fork and exec.
    ///
    /// Every step is one that signal-safety(7) allows, or that std takes at this very place: the system calls getpid,
    /// dup2, write and _exit, the formatting of a number into an array on the stack, and execvp, which keeps its
    /// candidates on the stack in glibc and musl. An [`io::Error`] of the system's is a bare number, on no heap.
    fn become_program(&self) -> ! {
        let error = self.place().err().unwrap_or_else(|| self.exec());
        let code = error.raw_os_error().unwrap_or(libc::EINVAL);
        // Nobody is left to hear that this failed.
        let _ = (&self.report).write_all(&code.to_ne_bytes());
        // SAFETY: always sound; unlike `exit`, it runs none of the parent's destructors and handlers in their copy.
        unsafe { libc::_exit(libc::EXIT_FAILURE) }
    }

    fn place(&self) -> io::Result<()> {
        for (target, source) in (FIRST..).zip(&self.sources) {
            // SAFETY: whatever was open at the target is closed, which only this process sees, and no code of it that
            // could rely on that descriptor ever runs again: the caller does not return.
            while unsafe { libc::dup2(source.as_raw_fd(), target) } == -1 {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn exec(&self) -> io::Error {
        // Lives until the program runs, or this process is no more.
        let mut listen_pid = [0; 32];
        if !self.sources.is_empty() {
            let mut rest = &mut listen_pid[..];
            let _ = write!(rest, "LISTEN_PID={}\0", process::id());
            self.environment.spare().store(listen_pid.as_mut_ptr().cast(), Ordering::Relaxed);
        }
        // SAFETY: this process has one thread, so nobody else looks at the environment while it is replaced; both arrays
        // end in a null pointer, and what they point to is borrowed for the call. `execvp` takes its PATH from the
        // environment just installed, as with std.
        unsafe {
            *environ() = self.environment.as_ptr();
            libc::execvp(*self.arguments.as_ptr(), self.arguments.as_ptr());
        }
        io::Error::last_os_error()
    }
}

/// Strings as execve(2) takes them, with a place for one more.
///
/// The pointers are atomic because the last one is filled in behind an [`Arc`]; it makes them [`Send`], too.
struct CStringArray {
    _strings: Vec<CString>,
    pointers: Vec<AtomicPtr<c_char>>,
}

impl CStringArray {
    fn new(strings: Vec<CString>) -> Self {
        let pointers = strings.iter().map(|string| string.as_ptr().cast_mut());
        let pointers = pointers.chain([ptr::null_mut(); 2]).map(AtomicPtr::new).collect();
        Self { _strings: strings, pointers }
    }

    fn spare(&self) -> &AtomicPtr<c_char> {
        &self.pointers[self.pointers.len() - 2]
    }

    fn as_ptr(&self) -> *const *const c_char {
        // An `AtomicPtr` has the size and the bits of a pointer.
        self.pointers.as_ptr().cast()
    }
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

/// Where the C library keeps the environment of this process.
fn environ() -> *mut *const *const c_char {
    #[cfg(target_vendor = "apple")]
    {
        // SAFETY: always sound to call; the variable itself is out of reach for a shared library there.
        unsafe { libc::_NSGetEnviron() }.cast()
    }
    #[cfg(not(target_vendor = "apple"))]
    {
        unsafe extern "C" {
            static mut environ: *const *const c_char;
        }
        &raw mut environ
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::{CStr, CString};
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::CStringArray;

    /// What execve(2) would see.
    fn seen(array: &CStringArray) -> Vec<String> {
        let mut strings = Vec::new();
        // SAFETY: the array ends in a null pointer, and all before it point to strings that are alive.
        unsafe {
            let mut place = array.as_ptr();
            while !(*place).is_null() {
                strings.push(CStr::from_ptr(*place).to_str().unwrap().to_owned());
                place = place.add(1);
            }
        }
        strings
    }

    #[test]
    fn an_array_has_room_for_one_more_string() {
        for strings in [&[][..], &["A=1"], &["A=1", "B=", "C=3"]] {
            let array = Arc::new(CStringArray::new(strings.iter().map(|it| CString::new(*it).unwrap()).collect()));
            assert_eq!(seen(&array), strings);
            let mut last = *b"LISTEN_PID=4711\0";
            array.spare().store(last.as_mut_ptr().cast(), Ordering::Relaxed);
            assert_eq!(seen(&array), [strings, &["LISTEN_PID=4711"]].concat());
        }
    }
}
