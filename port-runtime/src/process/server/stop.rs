//! How it ends: when it is told to, when it is dropped, and (see `sys::program`) when this process exits.

use std::io;
use std::process::{self, Child, ExitStatus};
use std::sync::PoisonError;
use std::time::Duration;

use super::{Ended, ServerProcess};

impl ServerProcess {
    /// The signal that asks the program to end, in place of SIGTERM. Unix only.
    ///
    /// PostgreSQL waits for its clients on SIGTERM and does not on SIGINT:
    ///
    /// ```no_run
    /// # use port_runtime::ReservedPort; use std::process::Command; use std::time::Duration;
    /// # fn start(port: &ReservedPort, postgres: &mut Command) -> Result<(), port_runtime::Error> {
    /// const SIGINT: i32 = 2;
    /// let server = port.start(postgres, Duration::from_secs(30))?.stop_signal(SIGINT);
    /// # drop(server); Ok(()) }
    /// ```
    #[cfg(unix)]
    pub fn stop_signal(mut self, signal: i32) -> Self {
        self.signal = signal;
        self.at_exit.change(self.signal, self.grace);
        self
    }

    /// How long the program may take to end before it is killed, in place of 5 seconds. For zero it is not even asked: that is
    /// right for a server with nothing to save, and some take their time (memcached a second, one that drains its
    /// connections more). Where the system has no signals (Windows) it is killed at once anyway.
    ///
    /// ```no_run
    /// # use port_runtime::ReservedPort; use std::process::Command; use std::time::Duration;
    /// # fn start(port: &ReservedPort, command: &mut Command) -> Result<(), port_runtime::Error> {
    /// let server = port.start(command, Duration::from_secs(30))?.grace(Duration::ZERO);
    /// # drop(server); Ok(()) }
    /// ```
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self.at_exit.change(self.signal, self.grace);
        self
    }

    /// Ends the program now, and tells how it ended; the same is done on drop. A second call tells the same again.
    ///
    /// ```no_run
    /// # use port_runtime::ReservedPort; use std::process::Command; use std::time::Duration;
    /// # fn start(port: &ReservedPort, command: &mut Command) -> std::io::Result<()> {
    /// let mut server = port.start(command, Duration::from_secs(30))?;
    /// let status = server.stop()?;
    /// println!("it ended with {status}");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// When the status is not known, because somebody else has waited for the child or `SIGCHLD` is ignored, and when the
    /// child cannot be killed: one that runs as another user.
    pub fn stop(&mut self) -> io::Result<ExitStatus> {
        self.end(true)
    }

    /// [`stop`](Self::stop) for `async` functions. Dropped in the middle, it kills the program without more patience, and
    /// the status is lost.
    ///
    /// ```no_run
    /// # async fn stop(mut server: port_runtime::ServerProcess) -> std::io::Result<()> {
    /// let status = server.stop_async().await?;
    /// # drop(status); Ok(()) }
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
    pub async fn stop_async(&mut self) -> io::Result<ExitStatus> {
        let (program, signal, grace) = (std::sync::Arc::clone(&self.program), self.signal, self.grace);
        let mut child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let child = crate::aside::run(move |cancel| {
            if let Some(child) = &mut child {
                program.end(child, signal, grace, &|| cancel.is_cancelled());
            }
            child
        })
        .await?;
        *self.child.get_mut().unwrap_or_else(PoisonError::into_inner) = child;
        self.status()
    }

    /// Gives the child back, running. From here on it is a plain [`Child`], which nobody ends; its piped output has been
    /// taken, and is still read on.
    ///
    /// ```no_run
    /// # fn keep(server: port_runtime::ServerProcess) {
    /// let child = server.into_child();
    /// println!("end it yourself: kill {}", child.id());
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// After a `stop_async` that was dropped in the middle: the child is gone.
    pub fn into_child(mut self) -> Child {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        child.expect("`stop_async` was dropped in the middle: the child is gone")
    }

    /// Ends it without asking.
    pub(super) fn kill(&mut self) {
        // What cannot be killed cannot be helped here.
        let _ = self.end(false);
    }

    fn end(&mut self, politely: bool) -> io::Result<ExitStatus> {
        if let Some(child) = self.child.get_mut().unwrap_or_else(PoisonError::into_inner) {
            if politely {
                self.program.end(child, self.signal, self.grace, &|| false);
            } else {
                self.program.kill(child);
            }
        }
        self.status()
    }

    /// Of one that has been ended.
    fn status(&self) -> io::Result<ExitStatus> {
        self.output.finish();
        match self.ended() {
            Some(Ended::With(status)) => Ok(status),
            Some(Ended::Unknown) => Err(io::Error::other("the server has ended, and its status is not known")),
            None => Err(io::Error::other("the server cannot be ended: it runs still")),
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let is_here = self.child.get_mut().unwrap_or_else(PoisonError::into_inner).is_some();
        if !is_here || process::id() != self.owner {
            return;
        }
        // Who wants to know how it ended calls `stop`.
        let _ = self.end(true);
        if std::thread::panicking() {
            let tail = self.output_tail();
            // A second panic, where nobody reads standard error, would abort.
            let print = || eprintln!("the last output of {}:\n{}", self.name, tail.trim_end());
            let _ = tail.is_empty() || std::panic::catch_unwind(std::panic::AssertUnwindSafe(print)).is_err();
        }
    }
}
