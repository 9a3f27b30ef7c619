use std::collections::BTreeMap;
use std::ffi::{CString, OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::{Child, Command};
use std::{env, io};

use socket2::SockRef;

use crate::sys::exec::Armed;

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
/// They are made blocking, as systemd hands them over; a server that wants them otherwise says so itself. Once the
/// program runs, the copies of this process are closed: when the child is gone, its port refuses connections. When the
/// spawn fails they stay here, and [`spawn`](Self::spawn) can be called again, with another command or the same one.
///
/// # The command
///
/// Everything that was set on it holds as in [`Command::spawn`]: arguments, environment, directory, user and group,
/// stdio, process group, `pre_exec` closures, and the way a program is looked up in `PATH`. There are three exceptions:
///
/// - [`CommandExt::arg0`] cannot be read back from a command and is lost: the program sees its own name there.
/// - Of `LISTEN_FDS`, `LISTEN_FDNAMES`, `LISTEN_PID`, `LISTEN_PIDFDID` and `LISTEN_FDS_FIRST_FD`, the program gets what
///   is right for it, or nothing; values of the command and of this process are dropped.
/// - Descriptors that the child would have inherited at the numbers of the sockets make way for these.
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
#[derive(Debug, Default)]
#[must_use = "no listener is passed before `spawn` is called"]
pub struct PassListeners {
    names: Vec<String>,
    listeners: Vec<OwnedFd>,
    handed_over: bool,
}

impl PassListeners {
    /// Nothing to pass yet. Spawned as it is, it starts the command without sockets and without the variables for them.
    pub const fn new() -> Self {
        Self { names: Vec::new(), listeners: Vec::new(), handed_over: false }
    }

    /// Adds a socket: a [`TcpListener`](std::net::TcpListener), a [`UdpSocket`](std::net::UdpSocket), or anything else
    /// that owns a descriptor. A socket of tokio goes in as `listener.into_std()?`.
    ///
    /// The program can tell its sockets apart by their names, of which several may be equal. A name consists of at most
    /// 255 printable ASCII characters other than `:`; [`spawn`](Self::spawn) refuses others.
    pub fn with(mut self, name: impl Into<String>, listener: impl Into<OwnedFd>) -> Self {
        self.names.push(name.into());
        self.listeners.push(listener.into());
        self.handed_over = false;
        self
    }

    /// Starts the program, which owns the sockets from then on.
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
        if let Err(error) = armed.started() {
            // Where the process ignores SIGCHLD, there is nothing left to wait for.
            let _ = child.wait();
            return Err(error);
        }
        self.hand_over();
        Ok(child)
    }

    /// The same for a command of tokio, with the feature `tokio-process`.
    ///
    /// # Errors
    ///
    /// As for [`spawn`](Self::spawn).
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime that does I/O, as [`tokio::process::Command::spawn`] does.
    #[cfg(feature = "tokio-process")]
    pub fn spawn_tokio(&mut self, command: &mut tokio::process::Command) -> io::Result<tokio::process::Child> {
        let armed = self.arm(command.as_std_mut())?;
        let mut child = command.spawn()?;
        if let Err(error) = armed.started() {
            // It exits right after its report, and tokio has no way to wait without `.await`.
            while let Ok(None) = child.try_wait() {
                std::thread::yield_now();
            }
            return Err(error);
        }
        self.hand_over();
        Ok(child)
    }

    fn arm(&self, command: &mut Command) -> io::Result<Armed> {
        if self.handed_over {
            return Err(invalid("the listeners went to an earlier child; add others with `with`"));
        }
        self.names.iter().try_for_each(|name| check(name))?;
        for listener in &self.listeners {
            SockRef::from(listener).set_nonblocking(false)?;
        }
        let mut environment = environment(command);
        if !self.listeners.is_empty() {
            environment.insert("LISTEN_FDS".into(), self.listeners.len().to_string().into());
            environment.insert("LISTEN_FDNAMES".into(), self.names.join(":").into());
        }
        let environment = environment.into_iter().map(|(mut name, value)| {
            name.push("=");
            name.push(value);
            CString::new(name.into_vec())
        });
        let environment = environment.collect::<Result<_, _>>()?;
        let arguments = [command.get_program()].into_iter().chain(command.get_args());
        let arguments = arguments.map(|argument| CString::new(argument.as_bytes())).collect::<Result<_, _>>()?;
        Armed::new(command, arguments, environment, &self.listeners)
    }

    fn hand_over(&mut self) {
        *self = Self { handed_over: true, ..Self::new() };
    }
}

/// The environment that the command would start with, without what is stale.
fn environment(command: &mut Command) -> BTreeMap<OsString, OsString> {
    // A command does not tell whether `env_clear` was called on it. But then, and only then, removing a variable leaves
    // no trace. <https://github.com/rust-lang/rust/issues/149070> would be the straight way.
    let probe = OsStr::new("LISTEN_PIDFDID");
    command.env_remove(probe);
    let inherits = command.get_envs().any(|(name, _)| name == probe);

    let mut environment = BTreeMap::new();
    if inherits {
        environment.extend(env::vars_os());
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => environment.insert(name.to_owned(), value.to_owned()),
            None => environment.remove(name),
        };
    }
    environment.retain(|name, _| !STALE.iter().any(|stale| name == stale));
    environment
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
