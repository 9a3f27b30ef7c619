//! The one error of this crate. It calls nobody: the words come from those who make one.

mod kind;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, io};

pub use self::kind::ErrorKind;

/// Why no port could be had, in one line that names what was asked for, what was tried and what the system said.
///
/// It converts into [`io::Error`] (with the fitting [`io::ErrorKind`]), into `Box<dyn Error>` and into every error type that
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
/// let message = format!("no free port on 127.0.0.1 in {port}..={port}: the only one is in use");
/// assert!(error.to_string().starts_with(&message)); // and, on Linux: by this process
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    words: Words,
    /// What the system said, where it did.
    system: Option<(io::ErrorKind, Option<i32>)>,
}

enum Words {
    Ours(Cow<'static, str>),
    /// An error of somebody else, with what was put before it.
    Theirs(String, Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// An error of your own, for an implementation of [`FromFreePort`](crate::FromFreePort) or
    /// [`AsyncFromFreePort`](crate::AsyncFromFreePort) whose server does not come up. An [`io::Error`] converts with `?`.
    ///
    /// It says what that error says, and its [`source`](StdError::source) is the source of that error.
    ///
    /// ```
    /// let error = port_runtime::Error::other("the schema is missing");
    /// assert_eq!(error.to_string(), "the schema is missing");
    /// assert_eq!(error.kind(), port_runtime::ErrorKind::Other);
    /// ```
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let error = error.into();
        let system = error.downcast_ref::<io::Error>().map(|error| (error.kind(), error.raw_os_error()));
        Self(Box::new(Inner { kind: ErrorKind::Other, words: Words::Theirs(String::new(), error), system }))
    }

    /// What went wrong.
    ///
    /// ```
    /// use port_runtime::{ErrorKind, PortRequest};
    /// use std::net::TcpListener;
    ///
    /// let error = PortRequest::new().range(8000..8000).bind::<TcpListener>().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The number of the system's error, where the system refused: `errno` on Unix.
    ///
    /// ```
    /// let error = port_runtime::Error::from(std::io::Error::from_raw_os_error(24));
    /// assert_eq!(error.raw_os_error(), Some(24));
    /// ```
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.0.system.and_then(|(_, code)| code)
    }

    /// A refusal that no system call has a part in.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, words: Words::Ours(message.into()), system: None }))
    }

    /// A refusal by the system, whose words the message has to contain where they matter.
    pub(crate) fn system(kind: ErrorKind, message: String, error: &io::Error) -> Self {
        let system = Some((error.kind(), error.raw_os_error()));
        Self(Box::new(Inner { kind, words: Words::Ours(message.into()), system }))
    }

    /// With the parameter that was to be filled in front of what a constructor of somebody else reports.
    pub(crate) fn in_parameter(mut self, parameter: &str) -> Self {
        if let Words::Theirs(before, _) = &mut self.0.words {
            before.insert_str(0, ": ");
            before.insert_str(0, parameter);
        }
        self
    }

    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// With the reason why just this was tried.
    pub(crate) fn because(mut self, told_by: &str) -> Self {
        if let Words::Ours(message) = &mut self.0.words {
            let message = message.to_mut();
            message.push_str("; ");
            message.push_str(told_by);
        }
        self
    }

    /// The kind that [`io::Error`] takes over: the system's own where it spoke.
    fn io_kind(&self) -> io::ErrorKind {
        self.0.system.map_or_else(|| self.0.kind.as_io(), |(kind, _)| kind)
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
        match &self.0.words {
            Words::Ours(message) => formatter.write_str(message),
            Words::Theirs(front, error) => write!(formatter, "{front}{error}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl StdError for Error {
    /// Of an error of somebody else, the cause of it: what it says itself is in `Display`, and nothing stands twice in a
    /// chain of errors.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.words {
            Words::Ours(_) => None,
            Words::Theirs(_, error) => error.source(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Error, ErrorKind};

    #[test]
    fn have_a_kind_that_converts() {
        for (kinds, expected) in [
            (&[ErrorKind::NoFreePort, ErrorKind::PortInUse][..], io::ErrorKind::AddrInUse),
            (&[ErrorKind::PermissionDenied], io::ErrorKind::PermissionDenied),
            (&[ErrorKind::HostNotFound], io::ErrorKind::NotFound),
            (&[ErrorKind::AddrNotAvailable, ErrorKind::Ipv6Unavailable], io::ErrorKind::AddrNotAvailable),
            (
                &[ErrorKind::InvalidRequest, ErrorKind::EnvironmentVariable, ErrorKind::InheritedSocket],
                io::ErrorKind::InvalidInput,
            ),
            (&[ErrorKind::Unsupported], io::ErrorKind::Unsupported),
            (&[ErrorKind::TimedOut], io::ErrorKind::TimedOut),
            (&[ErrorKind::TooManyOpenFiles, ErrorKind::System, ErrorKind::Other], io::ErrorKind::Other),
            (&[ErrorKind::NoRuntime, ErrorKind::PortServer, ErrorKind::ProcessEnded], io::ErrorKind::Other),
        ] {
            for kind in kinds {
                assert_eq!(io::Error::from(Error::new(*kind, "")).kind(), expected, "{kind:?}");
            }
        }
    }
}
