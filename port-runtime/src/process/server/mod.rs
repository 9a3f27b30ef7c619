//! A server program: started, ready, and gone at the end. `ReservedPort` and `PassListeners` start it; what differs from
//! system to system is in [`sys::program`](crate::sys::program).

mod output;
#[cfg(unix)]
mod passed;
mod ready;
mod start;
mod stop;
mod until;

use std::fmt;
use std::net::SocketAddr;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use self::output::Output;
use crate::sys::program::{AtExit, Program};
use crate::types::bound::url;

/// Asks a program to end; 15 on every Unix.
const SIGTERM: i32 = 15;
const GRACE: Duration = Duration::from_secs(5);

/// A server program that runs: it listens already, and it is ended when this value is dropped.
///
/// It comes from [`ReservedPort::start`](crate::ReservedPort::start), which is what a program with a `--port` option
/// needs; from `PassListeners::start` for one that takes sockets; and from [`start`](Self::start) for one that chooses its
/// port itself.
///
/// # Ready
///
/// Ready means that the program itself, or a process that it started, listens on the port. If somebody else listens there,
/// the error names who it is; a program that ends first is an error, too. Both come at once. Where the system does not tell
/// whose a listener is (it runs as another user, or in a container), it counts as the program's. What a program does between
/// listening and answering is for [`wait_until`](Self::wait_until).
///
/// # Gone
///
/// On drop, and at [`stop`](Self::stop), the program is asked to end (SIGTERM, or [`stop_signal`](Self::stop_signal)) and
/// gets 5 seconds for that, or its [`grace`](Self::grace); then it is killed. Afterwards what it has left behind is ended
/// in the same way, with less patience: a server behind `sh -c 'server & wait'`, one that has called `setsid`, workers.
/// The same happens when this process calls [`exit`](std::process::exit) or returns from `main`, so a
/// `static SERVER: LazyLock<ServerProcess>` can be shared by all tests of a program. It does not happen when this process
/// alone is killed or aborts: its programs are orphans then. Ctrl-C, Ctrl-\\, a terminal that is closed, and a test runner
/// that kills the process group of a test reach the program itself, which is in the group of its parent, unless it has left
/// that (`setsid`, `timeout`). What cannot be seen is not ended either: where `/proc` is missing or another namespace's, the
/// child alone is ended.
///
/// A process whose own parent is gone is known by two marks that it has inherited: a variable of its environment, and the
/// limit `RLIMIT_LOCKS`, which Linux itself does not use. So a process counts that a shell has put into the background
/// (`(server &)`), also one that was started without an environment, or that writes over it, as Redis does to name itself.
/// One that has changed both marks is a stranger, and left alone.
///
/// A program that is stopped (SIGSTOP) is told to go on, or it would not hear that it should end. After your own
/// `child().wait()`, the child is no longer signalled. A drop waits for the end, so in an `async` function
/// [`stop_async`](Self::stop_async) comes first.
///
/// # Output
///
/// Where `stdout` or `stderr` of the command is [`piped`](std::process::Stdio::piped), it is read by a thread, or the
/// program would stop when the pipe is full. Its end is kept for [`output_tail`](Self::output_tail) and for errors, and a
/// drop in a panic prints it: a failing test shows what its server has said.
///
/// # Platforms
///
/// The above is Linux. Elsewhere readiness is a connection, the child alone is ended (on Unix by the signal, on Windows
/// at once), and nobody ends it when this process exits without a drop. That is tested on Linux, and under wine.
///
/// # Examples
///
/// ```no_run
/// use port_runtime::{ReservedPort, with_free_port};
/// use std::process::Command;
/// use std::time::Duration;
///
/// # #[cfg(feature = "macros")]
/// #[with_free_port]
/// #[test]
/// fn answers(port: ReservedPort) -> Result<(), port_runtime::Error> {
///     let mut command = Command::new("redis-server");
///     command.args(["--save", "", "--port", &port.port().to_string()]);
///     let redis = port.start(&mut command, Duration::from_secs(10))?;
///     // … a client of `redis.addr()`; the server is gone also when an assertion fails
///     Ok(())
/// }
/// ```
#[must_use = "the program is ended when this is dropped"]
pub struct ServerProcess {
    /// Missing after a stop that was called off in the middle, and on the way out of [`into_child`](Self::into_child).
    child: Mutex<Option<Child>>,
    id: u32,
    /// What errors call it.
    name: String,
    program: Arc<Program>,
    address: Option<SocketAddr>,
    output: Output,
    signal: i32,
    grace: Duration,
    at_exit: AtExit,
    /// The process that started it. A fork has a copy of this value, and must not end what is not its own.
    owner: u32,
}

/// How a process has ended.
#[derive(Debug, Clone, Copy)]
enum Ended {
    With(ExitStatus),
    /// Somebody else has waited for it, or `SIGCHLD` is ignored.
    Unknown,
}

impl ServerProcess {
    /// The process id of the child.
    ///
    /// ```no_run
    /// # fn look(server: &port_runtime::ServerProcess) {
    /// println!("strace -p {}", server.id());
    /// # }
    /// ```
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Where it listens: the address that it was given, or, of those that it chose itself, the one with the lowest port.
    ///
    /// ```no_run
    /// # fn connect(server: &port_runtime::ServerProcess) -> std::io::Result<()> {
    /// let connection = std::net::TcpStream::connect(server.addr())?;
    /// # drop(connection); Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// Of one that was made [from a child](Self::from_child) and listens nowhere.
    pub fn addr(&self) -> SocketAddr {
        let address = self.address.or_else(|| self.addrs().first().copied());
        address.unwrap_or_else(|| panic!("{} listens nowhere", self.name))
    }

    /// Everywhere it listens now, the lowest port first: the kernel is asked each time. Outside Linux, where that is not to
    /// be had, it is [`addr`](Self::addr) alone.
    ///
    /// ```no_run
    /// # fn ports(server: &port_runtime::ServerProcess) {
    /// for address in server.addrs() {
    ///     println!("it listens on {address}");
    /// }
    /// # }
    /// ```
    pub fn addrs(&self) -> Vec<SocketAddr> {
        let found = self.program.listeners().unwrap_or_default();
        if found.is_empty() { self.address.into_iter().collect() } else { found }
    }

    /// The port of [`addr`](Self::addr).
    ///
    /// ```no_run
    /// # fn port(server: &port_runtime::ServerProcess) {
    /// let arguments = ["-p".to_owned(), server.port().to_string()];
    /// # drop(arguments); }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`addr`](Self::addr) does.
    pub fn port(&self) -> u16 {
        self.addr().port()
    }

    /// A URL of it, like `http://127.0.0.1:45321`. A wildcard address becomes the loopback, which a client can open.
    ///
    /// ```no_run
    /// # fn address(server: &port_runtime::ServerProcess) {
    /// let health = server.url("http") + "/health";
    /// # drop(health); }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`addr`](Self::addr) does.
    pub fn url(&self, scheme: &str) -> String {
        url(scheme, self.addr())
    }

    /// The child, for what std has for it. Of what was piped, `stdin` is there still.
    ///
    /// ```no_run
    /// # fn kill(mut server: port_runtime::ServerProcess) -> std::io::Result<()> {
    /// server.child().kill()?; // a crash, to see what the client makes of it
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// After a `stop_async` that was dropped in the middle: the child is gone.
    pub fn child(&mut self) -> &mut Child {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        child.as_mut().expect("`stop_async` was dropped in the middle: the child is gone")
    }

    /// What the program has printed last, where that was piped: up to 4 KiB of its output, then as much of its errors.
    ///
    /// ```no_run
    /// # fn log(server: &port_runtime::ServerProcess) {
    /// eprintln!("{}", server.output_tail());
    /// # }
    /// ```
    pub fn output_tail(&self) -> String {
        self.output.tail()
    }

    fn at(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Whether it has ended, without waiting for that.
    fn ended(&self) -> Option<Ended> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        match child.as_mut().map(Child::try_wait) {
            Some(Ok(status)) => status.map(Ended::With),
            // There is no such child: ECHILD.
            Some(Err(_)) | None => Some(Ended::Unknown),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::With(status) => status.fmt(formatter),
            Self::Unknown => formatter.write_str("its status is not known"),
        }
    }
}

impl fmt::Debug for ServerProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut formatter = formatter.debug_struct("ServerProcess");
        formatter
            .field("name", &self.name)
            .field("id", &self.id)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
