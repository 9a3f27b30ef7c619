//! What went wrong, in one word for code to act on.

use std::{fmt, io};

/// What went wrong, for code that wants to act on an [`Error`](crate::Error).
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
    /// The host name does not resolve, or it is an abbreviated address, such as `127.1`.
    HostNotFound,
    /// The address belongs to no interface of this machine.
    AddrNotAvailable,
    /// The machine has no IPv6, or it is switched off.
    Ipv6Unavailable,
    /// The process, or the system, has no file descriptor left.
    TooManyOpenFiles,
    /// An async type was asked for outside its runtime, or in one that does no I/O.
    NoRuntime,
    /// The request contradicts itself: an empty range, port 0, a timeout of zero, two sockets for one address.
    InvalidRequest,
    /// The type, or the system, cannot do what the request asks for.
    Unsupported,
    /// Nothing happened for as long as the caller was willing to wait.
    TimedOut,
    /// A program ended before it was ready.
    ProcessEnded,
    /// The system refused for a reason of its own; [`raw_os_error`](crate::Error::raw_os_error) tells it.
    System,
    /// A constructor of somebody else failed: see [`Error::other`](crate::Error::other).
    Other,
}

impl ErrorKind {
    pub(super) fn as_io(self) -> io::ErrorKind {
        use io::ErrorKind as Io;

        match self {
            Self::NoFreePort | Self::PortInUse => Io::AddrInUse,
            Self::PermissionDenied => Io::PermissionDenied,
            Self::HostNotFound => Io::NotFound,
            Self::AddrNotAvailable | Self::Ipv6Unavailable => Io::AddrNotAvailable,
            Self::InvalidRequest | Self::EnvironmentVariable | Self::InheritedSocket => Io::InvalidInput,
            Self::Unsupported => Io::Unsupported,
            Self::TimedOut => Io::TimedOut,
            Self::TooManyOpenFiles
            | Self::NoRuntime
            | Self::PortServer
            | Self::ProcessEnded
            | Self::System
            | Self::Other => Io::Other,
        }
    }
}

impl fmt::Display for ErrorKind {
    /// A few words, for a log or a metric; the [`Error`](crate::Error) itself says more.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoFreePort => "no free port",
            Self::PortInUse => "port in use",
            Self::PermissionDenied => "permission denied",
            Self::InheritedSocket => "wrong inherited socket",
            Self::EnvironmentVariable => "wrong environment variable",
            Self::PortServer => "port server failed",
            Self::HostNotFound => "host not found",
            Self::AddrNotAvailable => "address not available",
            Self::Ipv6Unavailable => "IPv6 unavailable",
            Self::TooManyOpenFiles => "too many open files",
            Self::NoRuntime => "no runtime",
            Self::InvalidRequest => "invalid request",
            Self::Unsupported => "unsupported",
            Self::TimedOut => "timed out",
            Self::ProcessEnded => "process ended",
            Self::System => "refused by the system",
            Self::Other => "other error",
        })
    }
}
