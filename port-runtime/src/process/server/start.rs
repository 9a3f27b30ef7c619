//! How it is started.

use std::net::SocketAddr;
use std::process::{self, Child, Command};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::output::Output;
use super::ready::Target;
use super::{GRACE, SIGTERM, ServerProcess};
use crate::error::{Error, ErrorKind};
use crate::sys::program::{self, AtExit, Mark, Program};
use crate::wait::Cancel;

impl ServerProcess {
    /// Starts a program that chooses its port itself, as with `--port 0`, and returns when it listens. Where that is, the
    /// kernel tells, whatever the program prints. Linux only.
    ///
    /// It has no reservation, so a program that is restarted has another port. Prefer
    /// [`ReservedPort::start`](crate::ReservedPort::start) for one that takes a number.
    ///
    /// ```no_run
    /// use port_runtime::ServerProcess;
    /// use std::process::Command;
    /// use std::time::Duration;
    ///
    /// let mut command = Command::new("python3");
    /// command.args(["-m", "http.server", "--bind", "127.0.0.1", "0"]);
    /// let server = ServerProcess::start(&mut command, Duration::from_secs(10))?;
    /// println!("{}", server.url("http"));
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`ReservedPort::start`](crate::ReservedPort::start); [`Unsupported`](ErrorKind::Unsupported) outside Linux.
    pub fn start(command: &mut Command, timeout: Duration) -> Result<Self, Error> {
        Self::choosing_its_port(command)?.when_ready(Target::Anywhere, timeout, &Cancel::default())
    }

    /// [`start`](Self::start) for `async` functions: the spawn is done at once, the rest without blocking the runtime.
    /// When the future is dropped, the program is ended.
    ///
    /// ```no_run
    /// # async fn start(mut command: std::process::Command) -> Result<(), port_runtime::Error> {
    /// use port_runtime::ServerProcess;
    /// use std::time::Duration;
    ///
    /// let server = ServerProcess::start_async(&mut command, Duration::from_secs(10)).await?;
    /// # drop(server); Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    #[cfg(feature = "tokio")]
    pub async fn start_async(command: &mut Command, timeout: Duration) -> Result<Self, Error> {
        let server = Self::choosing_its_port(command)?;
        server.when_ready_async(Target::Anywhere, timeout).await
    }

    fn choosing_its_port(command: &mut Command) -> Result<Self, Error> {
        if !crate::sys::LINUX {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "where a program listens that chooses its port itself can be seen on Linux only; reserve a port for it",
            ));
        }
        Self::spawn(command, || ())
    }

    /// A program that was given this address. `release` makes it bindable, where the system does not let a hold be shared.
    pub(crate) fn start_at(
        command: &mut Command,
        address: SocketAddr,
        release: impl FnOnce(),
        timeout: Duration,
    ) -> Result<Self, Error> {
        Self::spawn(command, release)?.when_ready(Target::At(address), timeout, &Cancel::default())
    }

    #[cfg(feature = "tokio")]
    pub(crate) async fn start_at_async(
        command: &mut Command,
        address: SocketAddr,
        release: impl FnOnce(),
        timeout: Duration,
    ) -> Result<Self, Error> {
        Self::spawn(command, release)?.when_ready_async(Target::At(address), timeout).await
    }

    /// A server that was spawned in another way: it is ended as all the others are, except that a process which has lost its
    /// parent (`setsid`, a daemon) is not recognized as its own when it was started before this call.
    ///
    /// ```no_run
    /// # fn take_over(command: &mut std::process::Command) -> std::io::Result<()> {
    /// let server = port_runtime::ServerProcess::from_child(command.spawn()?);
    /// # drop(server); Ok(()) }
    /// ```
    pub fn from_child(mut child: Child) -> Self {
        let name = format!("the server (pid {})", child.id());
        // The number of one that was waited for is another's by now, perhaps.
        let runs = matches!(child.try_wait(), Ok(None));
        let program = if runs { Program::new(&child, Mark::put_on_child(&child)) } else { Program::gone() };
        Self::of(child, name, program)
    }

    fn spawn(command: &mut Command, release: impl FnOnce()) -> Result<Self, Error> {
        let name = command.get_program().to_string_lossy().escape_debug().to_string();
        let mark = Mark::put_on(command);
        let spawned = program::spawn(command, release);
        mark.take_off(command);
        match spawned {
            Ok(child) => Ok(Self::new(child, format!("`{name}`"), mark)),
            Err(error) => Err(cannot_start(&name, command, &error)),
        }
    }

    /// Of a child that was spawned just now.
    pub(super) fn new(child: Child, name: String, mark: Mark) -> Self {
        let program = Program::new(&child, mark);
        Self::of(child, name, program)
    }

    fn of(mut child: Child, name: String, program: Program) -> Self {
        let program = Arc::new(program);
        Self {
            id: child.id(),
            name,
            address: None,
            output: Output::of(&mut child),
            child: Mutex::new(Some(child)),
            signal: SIGTERM,
            grace: GRACE,
            at_exit: AtExit::new(&program, SIGTERM, GRACE),
            program,
            owner: process::id(),
        }
    }

    /// Ends it when it does not become ready.
    fn when_ready(mut self, target: Target, timeout: Duration, cancel: &Cancel) -> Result<Self, Error> {
        match self.ready(target, timeout, cancel) {
            Ok(address) => Ok(self.at(address)),
            Err(error) => {
                self.kill();
                Err(error)
            }
        }
    }

    #[cfg(feature = "tokio")]
    async fn when_ready_async(self, target: Target, timeout: Duration) -> Result<Self, Error> {
        let started = crate::aside::run(move |cancel| self.when_ready(target, timeout, cancel)).await;
        started.unwrap_or_else(|error| {
            Err(Error::system(ErrorKind::System, format!("cannot wait for the server: {error}"), &error))
        })
    }
}

/// The system says "no such file" of a folder that is missing, too.
pub(super) fn cannot_start(name: &str, command: &Command, error: &std::io::Error) -> Error {
    let folder = command.get_current_dir().map(|folder| format!(" in {}", folder.to_string_lossy().escape_debug()));
    let message = format!("cannot start `{name}`{}: {error}", folder.unwrap_or_default());
    Error::system(ErrorKind::System, message, error)
}
