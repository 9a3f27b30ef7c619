//! A program on a reserved number.

use std::process::Command;
use std::time::Duration;

use super::ReservedPort;
use super::wait::listening;
use crate::error::{Error, ErrorKind};
use crate::process::ServerProcess;
use crate::refusal::holder;
use crate::sys;
use crate::sys::listening::Listening;
use crate::sys::sock_diag::Protocol;

impl ReservedPort {
    /// Starts a program that was given the number, and returns when it listens on [`addr`](Self::addr). The program is
    /// ended, with all that it started itself, when the [`ServerProcess`] is dropped; the number is still reserved then,
    /// and the next one can be started on it.
    ///
    /// How a program takes its port is different with each, so nothing of that is added to the command. What the program has
    /// started itself is recognized by a variable of its environment and by `RLIMIT_LOCKS`, which Linux has not used since
    /// 2.4. For that the command is given a `pre_exec` closure. It does nothing when the command is spawned in another way,
    /// except that std forks then, where it would use `posix_spawn` otherwise.
    ///
    /// ```no_run
    /// use port_runtime::{PortRequest, ReservedPort};
    /// use std::process::Command;
    /// use std::time::Duration;
    ///
    /// let port: ReservedPort = PortRequest::new().bind()?;
    /// let mut redis = Command::new("redis-server");
    /// redis.args(["--save", "", "--port", &port.port().to_string()]);
    /// let redis = port.start(&mut redis, Duration::from_secs(10))?;
    /// println!("{}", redis.url("redis"));
    /// # Ok::<(), port_runtime::Error>(())
    /// ```
    ///
    /// Outside Linux the number is released just before the start, as by [`release`](Self::release): in the moment until
    /// the program has bound it, it belongs to nobody, and afterwards it is reserved no longer. It is ready when it takes a
    /// connection.
    ///
    /// # Errors
    ///
    /// When the command cannot be spawned, when the program ends ([`ProcessEnded`](ErrorKind::ProcessEnded)), when
    /// somebody else listens there ([`PortInUse`](ErrorKind::PortInUse)), and when nobody does in time, or the program
    /// has been listening elsewhere for a good part of that time ([`TimedOut`](ErrorKind::TimedOut)). The error shows the
    /// last lines of the program's output, as far as that was piped, and nothing is left running.
    pub fn start(&self, command: &mut Command, timeout: Duration) -> Result<ServerProcess, Error> {
        self.expect_nobody()?;
        ServerProcess::start_at(command, self.address, || self.make_way(), timeout)
    }

    /// [`start`](Self::start) for `async` functions: the spawn is done at once, the rest without blocking the runtime.
    /// When the future is dropped, the program is ended.
    ///
    /// ```no_run
    /// # async fn start(port: port_runtime::ReservedPort) -> Result<(), port_runtime::Error> {
    /// let mut redis = std::process::Command::new("redis-server");
    /// redis.args(["--save", "", "--port", &port.port().to_string()]);
    /// let redis = port.start_async(&mut redis, std::time::Duration::from_secs(10)).await?;
    /// # drop(redis); Ok(()) }
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
    pub async fn start_async(&self, command: &mut Command, timeout: Duration) -> Result<ServerProcess, Error> {
        self.expect_nobody()?;
        ServerProcess::start_at_async(command, self.address, || self.make_way(), timeout).await
    }

    /// Whoever listens already would be taken for the program, or keep it from listening.
    fn expect_nobody(&self) -> Result<(), Error> {
        // Elsewhere nobody does, since the number is not shared.
        if !sys::LINUX || listening(self.address)? != Listening::Here {
            return Ok(());
        }
        let holder = holder::who_has(Protocol::Tcp, self.address);
        let message = format!("cannot start a program on {}: it is in use{holder}", self.address);
        Err(Error::new(ErrorKind::PortInUse, message))
    }
}
