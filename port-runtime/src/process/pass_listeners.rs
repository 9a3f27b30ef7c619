//! [`PassListeners`]: what is asked of it, checked and put into words for the child; the handing over is done in `sys`.

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command};

use super::environment;
use super::passable::Passable;
use crate::sys::exec::{Armed, NotStarted, Program};

/// What may be left from a service manager that started this process, and is not meant for its children.
/// `LISTEN_FDS_FIRST_FD` is an extension of systemfd and of the crate `listenfd`.
const STALE: [&str; 5] = ["LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS_FIRST_FD"];

/// Starts a program with sockets that are bound already, so that no port number passes from hand to hand.
///
/// The program finds its sockets as under systemd, see [sd_listen_fds(3)]: from descriptor 3 on, in the order in which
/// they were added, with `LISTEN_FDS`, `LISTEN_FDNAMES` and its own process id in `LISTEN_PID`. It takes them with
/// `#[with_free_port(inherit)]`, or with what its language has for socket activation. Connections that arrive before it
/// is ready wait in the listener's queue, so nobody has to poll until it is up.
///
/// ```
/// use port_runtime::{PassListeners, PortRequest};
/// use std::net::{TcpListener, UdpSocket};
/// use std::process::{Command, Stdio};
///
/// let web: TcpListener = PortRequest::new().bind()?;
/// let names: UdpSocket = PortRequest::new().bind()?;
///
/// let mut server = Command::new("sh");
/// server.args(["-c", "test $LISTEN_PID = $$ && echo $LISTEN_FDS $LISTEN_FDNAMES"]).stdout(Stdio::piped());
/// let child = PassListeners::new().with("http", web).with("dns", names).spawn(&mut server)?;
/// assert_eq!(child.wait_with_output()?.stdout, b"2 http:dns\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # The sockets
///
/// They are made blocking and lose their timeouts, so that they are what systemd hands over; a server that wants them
/// otherwise says so itself. These modes belong to a socket and not to a descriptor, so a copy that this process keeps
/// ([`try_clone`](std::net::TcpListener::try_clone)) has them, too, from the moment at which the program runs. When the
/// spawn fails, the sockets are as before.
///
/// Once the program runs, the copies of this process are closed: when the child is gone, its port refuses connections.
/// When the spawn fails they stay here, and [`spawn`](Self::spawn) can be called again, with another command or the same
/// one.
///
/// # The command
///
/// Everything that was set on it holds as in [`Command::spawn`]: arguments, environment, directory, user and group,
/// stdio, process group, `pre_exec` closures, and the way a program is looked up in `PATH`. These are the exceptions:
///
/// - [`CommandExt::arg0`] cannot be read back from a command and is lost: the program sees its own name there. On a command
///   that has one, `PORT_RUNTIME_IS_NOT_SET_BY_ANYBODY` is removed from the environment, to find out what else is.
/// - Of `LISTEN_FDS`, `LISTEN_FDNAMES`, `LISTEN_PID`, `LISTEN_PIDFDID` and `LISTEN_FDS_FIRST_FD`, the program gets what
///   is right for it, or nothing; values of the command, of its closures and of this process are dropped.
/// - Descriptors that the child would have inherited at the numbers of the sockets make way for these.
/// - [`pre_exec`] closures run before the sockets are put in place. Until then these lie from number
///   1,024 on, or lower where the limit of this process is. A closure that closes or replaces them, as `close_range(3, …)`
///   does, makes the spawn fail; so does one that ends the process, or executes another program itself.
/// - A script without a `#!` line is run by `sh`, as execvp(3) does it, and std where it has closures to call; without them
///   std refuses it.
///
/// A spawned command can be spawned again, in either way; a spawn without `PassListeners` passes no sockets.
///
/// # Platforms
///
/// Unix only. Elsewhere this type does not exist, so that a program that needs it does not compile there: hand a number
/// to the child instead. Run on Linux; on other Unix systems it is type-checked, and makes the same system calls.
///
/// [sd_listen_fds(3)]: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
/// [`CommandExt::arg0`]: std::os::unix::process::CommandExt::arg0
/// [`pre_exec`]: std::os::unix::process::CommandExt::pre_exec
#[derive(Debug, Default)]
#[must_use = "no listener is passed before `spawn` is called"]
pub struct PassListeners {
    names: Vec<String>,
    listeners: Vec<OwnedFd>,
    handed_over: bool,
}

impl PassListeners {
    /// Nothing to pass yet. Spawned as it is, it starts the command without sockets and without the variables for them.
    ///
    /// ```
    /// use port_runtime::PassListeners;
    /// use std::process::Command;
    ///
    /// let mut command = Command::new("sh");
    /// command.args(["-c", "test -z $LISTEN_FDS"]).env("LISTEN_FDS", "1");
    /// assert!(PassListeners::new().spawn(&mut command)?.wait()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub const fn new() -> Self {
        Self { names: Vec::new(), listeners: Vec::new(), handed_over: false }
    }

    /// Adds a socket: a [`TcpListener`](std::net::TcpListener), a [`UdpSocket`](std::net::UdpSocket), or anything else
    /// that owns a descriptor. A socket of tokio goes in as `listener.into_std()?`.
    ///
    /// The program can tell its sockets apart by their names, of which several may be equal. A name consists of at most
    /// 255 printable ASCII characters other than `:`; [`spawn`](Self::spawn) refuses others.
    ///
    /// ```
    /// use port_runtime::{PassListeners, PortRequest};
    /// use std::net::TcpListener;
    /// use std::process::Command;
    ///
    /// let [one, other]: [TcpListener; 2] = PortRequest::new().bind()?;
    /// let mut workers = Command::new("sh");
    /// workers.args(["-c", "test $LISTEN_FDNAMES = worker:worker"]);
    /// let mut pass = PassListeners::new().with("worker", one).with("worker", other);
    /// assert!(pass.spawn(&mut workers)?.wait()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with(mut self, name: impl Into<String>, listener: impl Passable) -> Self {
        self.names.push(name.into());
        self.listeners.push(listener.into());
        self.handed_over = false;
        self
    }

    /// Starts the program, which owns the sockets from then on. For a server that should be gone at the end, there is
    /// [`start`](Self::start).
    ///
    /// ```
    /// use port_runtime::{Bound, PassListeners, PortRequest};
    /// use std::net::{TcpListener, TcpStream};
    /// use std::process::Command;
    ///
    /// let listener: TcpListener = PortRequest::new().bind()?;
    /// let address = listener.addr();
    /// let mut child = PassListeners::new().with("http", listener).spawn(Command::new("sleep").arg("600"))?;
    /// TcpStream::connect(address)?;
    /// child.kill()?;
    /// child.wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Command::spawn`], also in that the program is missing ([`NotFound`](io::ErrorKind::NotFound)) or not
    /// executable ([`PermissionDenied`](io::ErrorKind::PermissionDenied)); and
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for a name that cannot be passed, and when the sockets went to an
    /// earlier child. No process is left behind then, and the sockets can still be passed.
    pub fn spawn(&mut self, command: &mut Command) -> io::Result<Child> {
        let armed = self.arm(command)?;
        let mut child = command.spawn()?;
        if let Err(NotStarted { error, may_run }) = armed.started() {
            if may_run {
                let _ = child.kill();
            }
            // Where the process ignores SIGCHLD, there is nothing left to wait for.
            let _ = child.wait();
            return Err(error);
        }
        self.hand_over();
        Ok(child)
    }

    /// The same for a command of tokio, with the feature `tokio-process`.
    ///
    /// ```
    /// use port_runtime::{PassListeners, PortRequest};
    /// use tokio::net::TcpListener;
    /// use tokio::process::Command;
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # runtime.block_on(async {
    /// let listener: TcpListener = PortRequest::new().bind_async().await?;
    /// let mut command = Command::new("sh");
    /// command.args(["-c", "test $LISTEN_FDNAMES = http"]);
    /// let mut child = PassListeners::new().with("http", listener.into_std()?).spawn_tokio(&mut command)?;
    /// assert!(child.wait().await?.success());
    /// # Ok::<(), std::io::Error>(())
    /// # })?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`spawn`](Self::spawn), and outside a tokio runtime that does I/O. There tokio itself would panic, after it
    /// has started the program; its message about that is printed here, too. With `panic = "abort"` its panic cannot be
    /// caught: the program that calls this ends where its runtime does no I/O, before it has started the other.
    #[cfg(feature = "tokio-process")]
    pub fn spawn_tokio(&mut self, command: &mut tokio::process::Command) -> io::Result<tokio::process::Child> {
        check_runtime()?;
        let armed = self.arm(command.as_std_mut())?;
        let mut child = command.spawn()?;
        if let Err(NotStarted { error, may_run }) = armed.started() {
            if may_run {
                let _ = child.start_kill();
            }
            // It ends at once, and tokio has no way to wait without `.await`.
            while let Ok(None) = child.try_wait() {
                std::thread::yield_now();
            }
            return Err(error);
        }
        self.hand_over();
        Ok(child)
    }

    /// For what rustc says where the feature is missing.
    #[cfg(not(feature = "tokio-process"))]
    #[doc(hidden)]
    pub fn spawn_tokio<C: super::passable::TokioCommand>(&mut self, _: &mut C) -> io::Result<C::Child> {
        unreachable!("no command has the trait")
    }

    fn arm(&self, command: &mut Command) -> io::Result<Armed> {
        if self.handed_over {
            return Err(invalid("the listeners went to an earlier child; add others with `with`"));
        }
        self.names.iter().try_for_each(|name| check(name))?;
        let mut arguments = vec![CString::new(command.get_program().as_bytes())?];
        for argument in command.get_args() {
            arguments.push(CString::new(argument.as_bytes())?);
        }
        let added = if self.listeners.is_empty() {
            Vec::new()
        } else {
            let (count, names) = (self.listeners.len(), self.names.join(":"));
            vec![CString::new(format!("LISTEN_FDS={count}"))?, CString::new(format!("LISTEN_FDNAMES={names}"))?]
        };
        let program = Program { arguments, environment: environment::of(command)?, removed: &STALE, added };
        Armed::new(command, program, &self.listeners)
    }

    /// What a child of now would get.
    pub(super) fn sockets(&self) -> &[OwnedFd] {
        &self.listeners
    }

    fn hand_over(&mut self) {
        *self = Self { handed_over: true, ..Self::new() };
    }
}

/// Whether tokio can start a program here. It offers no way to ask, so a stream is registered as the program's would be.
#[cfg(feature = "tokio-process")]
fn check_runtime() -> io::Result<()> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(io::Error::other("a command of tokio needs a running tokio runtime"));
    }
    match std::panic::catch_unwind(tokio::net::UnixStream::pair) {
        Ok(registered) => registered.map(drop),
        Err(_) => Err(io::Error::other("this tokio runtime does no I/O; build it with `enable_io` or `enable_all`")),
    }
}

/// The rule of systemd's `fdname_is_valid`.
fn check(name: &str) -> io::Result<()> {
    let problem = if name.contains(':') {
        "contains `:`, which separates names in `LISTEN_FDNAMES`; use another character"
    } else if !name.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        "has more in it than printable ASCII characters; use only these"
    } else if name.len() > 255 {
        "is longer than 255 characters; use a shorter one"
    } else {
        return Ok(());
    };
    Err(invalid(format!("the listener name {name:?} {problem}")))
}

fn invalid(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message.into())
}
