//! What a process is given from outside: variables, and descriptors from 3 on.
#![allow(unsafe_code, reason = "bare system calls between fork and exec")]

use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{env, io};

use socket2::SockRef;

use super::Child;

/// Never left to the surroundings of the tests.
const OF_OTHERS: [&str; 5] = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDNAMES", "PORTSERVER_ADDRESS"];

const FIRST: RawFd = 3;
const ADDRESSES: &str = "BEHAVIOUR_GIVEN_ADDRESSES";

#[derive(Default)]
pub(crate) struct Given {
    variables: Vec<(String, OsString)>,
    descriptors: Descriptors,
}

#[derive(Default)]
struct Descriptors {
    /// From 3 on; `None` is closed.
    passed: Vec<Option<OwnedFd>>,
    /// Of the passed sockets, for the process itself; a descriptor without one has a dash.
    addresses: String,
}

impl Given {
    pub(crate) fn variable(&mut self, name: impl Into<String>, value: impl Into<OsString>) -> &mut Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// One more descriptor, and `LISTEN_FDS` that counts it.
    pub(crate) fn descriptor(&mut self, descriptor: impl Into<OwnedFd>) -> &mut Self {
        let descriptor = descriptor.into();
        let address = SockRef::from(&descriptor).local_addr().ok().and_then(|address| address.as_socket());
        let address = address.map_or_else(|| "-".to_owned(), |address| address.to_string());
        self.descriptors.push(Some(descriptor), &address);
        self
    }

    /// One that is announced, and closed.
    pub(crate) fn closed_descriptor(&mut self) -> &mut Self {
        self.descriptors.push(None, "-");
        self
    }

    pub(crate) fn descriptors<T: Into<OwnedFd>>(&mut self, descriptors: impl IntoIterator<Item = T>) -> &mut Self {
        descriptors.into_iter().fold(self, Self::descriptor)
    }

    pub(crate) fn apply_to(&self, command: &mut Command) {
        for variable in OF_OTHERS {
            command.env_remove(variable);
        }
        self.descriptors.apply_to(command);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

impl Descriptors {
    fn push(&mut self, descriptor: Option<OwnedFd>, address: &str) {
        self.passed.push(descriptor);
        let _ = write!(self.addresses, "{address} ");
    }

    fn apply_to(&self, command: &mut Command) {
        if self.passed.is_empty() {
            return;
        }
        command.env("LISTEN_FDS", self.passed.len().to_string()).env(ADDRESSES, &self.addresses);
        // Out of the way of the numbers that they get.
        let above = FIRST + RawFd::try_from(self.passed.len()).unwrap();
        let copies: Vec<_> = self.passed.iter().map(|passed| passed.as_ref().map(|it| copy(it, above))).collect();
        let install = move || {
            for (number, descriptor) in (FIRST..).zip(&copies) {
                // It may be how std learns that the other program is there, and has to stay open until then.
                // SAFETY: fcntl may be called after fork; on a number that is not open it fails.
                unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, above) };
                match descriptor {
                    // SAFETY: dup2(2) may be called after fork; the number belongs to nobody who needs it in a
                    // process that is about to be replaced.
                    Some(descriptor) => check(unsafe { libc::dup2(descriptor.as_raw_fd(), number) })?,
                    // SAFETY: likewise.
                    None => unsafe { libc::close(number) },
                };
            }
            Ok(())
        };
        // SAFETY: the closure makes system calls and nothing else.
        unsafe { command.pre_exec(install) };
    }
}

/// Close-on-exec, and with this number or a higher one.
fn copy(descriptor: &OwnedFd, above: RawFd) -> OwnedFd {
    // SAFETY: fcntl takes and gives integers here.
    let number = check(unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, above) }).unwrap();
    // SAFETY: the descriptor is new, so nobody else owns it.
    unsafe { OwnedFd::from_raw_fd(number) }
}

fn check(result: RawFd) -> io::Result<RawFd> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

impl Child {
    /// Started as a service manager does: `LISTEN_PID` is the process's own number.
    pub(crate) fn service() -> Self {
        Self::new().wrapped_in(["sh", "-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"])
    }
}

/// Where the descriptors that this process was given are bound.
pub(crate) fn given_addresses() -> Vec<Option<SocketAddr>> {
    let addresses = env::var(ADDRESSES).expect("descriptors were given");
    addresses.split_whitespace().map(|address| address.parse().ok()).collect()
}

/// Where the descriptor of this index, counted from 0, is bound.
pub(crate) fn given_address(index: usize) -> SocketAddr {
    given_addresses()[index].expect("an internet socket was given")
}
