use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, io};

/// Why no port could be had, in one line that names what was asked for, what was tried and what the system said.
///
/// It converts into [`io::Error`] (keeping the [`io::ErrorKind`]), into `Box<dyn Error>` and into every error type that
/// takes any [`std::error::Error`], so `?` works in the usual functions. `Debug` prints the same line as `Display`,
/// because that is what `main` shows.
///
/// ```
/// use port_runtime::{ErrorKind, PortRequest};
/// use std::net::TcpListener;
///
/// let taken = TcpListener::bind("127.0.0.1:0")?;
/// let port = taken.local_addr()?.port();
/// let error = PortRequest::new().range(port..=port).bind::<TcpListener>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NoFreePort);
/// assert_eq!(error.to_string(), format!("no free port on 127.0.0.1 in {port}..={port}: the only one is in use"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What went wrong, for code that wants to act on an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Every port that the request allows is in use.
    NoFreePort,
    /// A port that was named, and that nothing else can stand in for, is in use.
    PortInUse,
    /// Every port that the request allows needs a permission that the process lacks.
    PermissionDenied,
    /// Sockets were passed to this process, but not what is asked for.
    InheritedSocket,
    /// The environment variable is set to what is no port.
    EnvironmentVariable,
    /// The port server cannot be reached, or it refuses.
    PortServer,
    /// The host name does not resolve.
    HostNotFound,
    /// The address belongs to no interface of this machine.
    AddrNotAvailable,
    /// The machine has no IPv6, or it is switched off.
    Ipv6Unavailable,
    /// The process, or the system, has no file descriptor left.
    TooManyOpenFiles,
    /// An async type was asked for outside its runtime, or in one that does no I/O.
    NoRuntime,
    /// The request contradicts itself: an empty range, port 0, a time-out of zero, two sockets for one address.
    InvalidRequest,
    /// The type, or the system, cannot do what the request asks for.
    Unsupported,
    /// Nothing happened for as long as the caller was willing to wait.
    TimedOut,
    /// The system refused for a reason of its own; [`source`](std::error::Error::source) tells it.
    System,
    /// A constructor of somebody else failed: see [`Error::other`].
    Other,
}

impl Error {
    /// An error of your own, for an implementation of [`FromFreePort`](crate::FromFreePort) or
    /// [`AsyncFromFreePort`](crate::AsyncFromFreePort) whose server does not come up. An [`io::Error`] converts with `?`.
    ///
    /// ```
    /// let error = port_runtime::Error::other("the schema is missing");
    /// assert_eq!(error.to_string(), "the schema is missing");
    /// assert_eq!(error.kind(), port_runtime::ErrorKind::Other);
    /// ```
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let error = error.into();
        let message = error.to_string();
        Self(Box::new(Inner { kind: ErrorKind::Other, message: message.into(), source: Some(error) }))
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// A refusal that no system call has a part in.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), source: None }))
    }

    /// A refusal by the system, whose words the message has to contain.
    pub(crate) fn system(kind: ErrorKind, message: String, source: io::Error) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), source: Some(source.into()) }))
    }

    /// A socket that was bound, but could not be set up as its type needs.
    pub(crate) fn set_up(error: io::Error) -> Self {
        Self::system(ErrorKind::System, format!("cannot set up the socket: {error}"), error)
    }

    /// With the reason why just this was tried.
    pub(crate) fn because(mut self, told_by: &str) -> Self {
        let message = self.0.message.to_mut();
        message.push_str("; ");
        message.push_str(told_by);
        self
    }

    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// The kind that [`io::Error`] takes over: the system's own where it spoke.
    fn io_kind(&self) -> io::ErrorKind {
        let spoken = self.0.source.as_ref().and_then(|source| source.downcast_ref::<io::Error>());
        spoken.map_or_else(|| self.0.kind.into(), io::Error::kind)
    }
}

impl fmt::Display for ErrorKind {
    /// A few words, as [`io::ErrorKind`] has them; what happened is told by the [`Error`].
    ///
    /// ```
    /// assert_eq!(port_runtime::ErrorKind::NoFreePort.to_string(), "no free port");
    /// ```
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::NoFreePort => "no free port",
            Self::PortInUse => "port in use",
            Self::PermissionDenied => "permission denied",
            Self::InheritedSocket => "wrong inherited socket",
            Self::EnvironmentVariable => "wrong environment variable",
            Self::PortServer => "no port from the port server",
            Self::HostNotFound => "host not found",
            Self::AddrNotAvailable => "address not available",
            Self::Ipv6Unavailable => "no IPv6",
            Self::TooManyOpenFiles => "too many open files",
            Self::NoRuntime => "no async runtime",
            Self::InvalidRequest => "invalid request",
            Self::Unsupported => "unsupported",
            Self::TimedOut => "timed out",
            Self::System => "refused by the system",
            Self::Other => "other error",
        })
    }
}

impl From<ErrorKind> for io::ErrorKind {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::NoFreePort | ErrorKind::PortInUse => Self::AddrInUse,
            ErrorKind::PermissionDenied => Self::PermissionDenied,
            ErrorKind::HostNotFound => Self::NotFound,
            ErrorKind::AddrNotAvailable | ErrorKind::Ipv6Unavailable => Self::AddrNotAvailable,
            ErrorKind::InvalidRequest | ErrorKind::EnvironmentVariable | ErrorKind::InheritedSocket => {
                Self::InvalidInput
            }
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::TooManyOpenFiles
            | ErrorKind::NoRuntime
            | ErrorKind::PortServer
            | ErrorKind::System
            | ErrorKind::Other => Self::Other,
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.io_kind(), error)
    }
}

impl From<io::Error> for Error {
    /// For `?` in an implementation of [`FromFreePort`](crate::FromFreePort); an [`Error`] that went through
    /// [`io::Error`] comes back as it was.
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::other)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
