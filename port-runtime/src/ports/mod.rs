//! A set of port numbers in the order in which they were written: what `range` and `except` are given.
//!
//! Pure data. The request keeps it, and `bind` reads numbers from it by their index; it knows no socket and no request.

mod blocked;
mod build;
mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use self::build::Builder;
use crate::error::{Error, ErrorKind};

/// Port numbers: one range, or a list of ranges and single numbers.
///
/// It is made from `8000..9000`, `8000..=8999`, an array, a slice or a vector of numbers, or, by [`FromStr`], from text:
///
/// | text | ports |
/// | --- | --- |
/// | `8000-8999`, `8000..9000`, `8000..=8999` | the same thousand |
/// | `1455,1457` | these two |
/// | `8000-8100, 9000` | those, then this one |
///
/// The order is kept, since it is the one in which [`range`](crate::PortRequest::range) goes through them. A number that
/// was written twice counts once, where it was first. What means the same is equal, however it was written.
///
/// ```
/// use port_runtime::{PortRequest, Ports};
/// use std::net::TcpListener;
///
/// let ports: Ports = "20000-20999,21500".parse()?;
/// assert_eq!(ports.to_string(), "20000..=20999, 21500");
/// assert_eq!(Ports::from(8000..9000), Ports::from(8000..=8999));
///
/// let listener: TcpListener = PortRequest::new().range(ports).bind()?;
/// # drop(listener);
/// # Ok::<(), port_runtime::Error>(())
/// ```
///
/// Nothing is refused before a request is bound: a range without a port, port 0, and text that [`env_or`](Self::env_or)
/// could not read are errors of [`bind`](crate::PortRequest::bind).
///
/// [`FromStr`]: std::str::FromStr
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Ports(Inner);

/// Without [`Inner::Run`] a plain range would have to be allocated.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Inner {
    Run(Run),
    /// No run at all, or more than one: what fits into one is one, so that what means the same is equal.
    List(Cow<'static, [Run]>),
    /// A range in which there is nothing, as it was written.
    Void {
        start: u16,
        end: u16,
        inclusive: bool,
    },
    /// What an environment variable says, and why that means no ports.
    Unreadable(Box<str>),
}

/// Consecutive numbers, all of them different from those of every other run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Run {
    first: u16,
    last: u16,
    /// How many numbers the runs in front of this one have.
    before: u16,
}

impl Ports {
    /// The ports to which browsers do not connect, for [`except`](crate::PortRequest::except).
    ///
    /// They are the "bad ports" of the Fetch standard, section [port blocking], as of 2026: 82 numbers, of which 6000, 6566,
    /// 6665 to 6669, 6679, 6697 and 10080 surprise people who develop web applications.
    ///
    /// ```
    /// use port_runtime::Ports;
    ///
    /// assert!(Ports::BLOCKED_BY_BROWSERS.to_string().starts_with("1, 7, 9, 11, 13"));
    /// ```
    ///
    /// [port blocking]: https://fetch.spec.whatwg.org/#port-blocking
    pub const BLOCKED_BY_BROWSERS: Self = Self(Inner::List(Cow::Borrowed(&blocked::BY_BROWSERS)));

    /// The ports that an environment variable names, or else the ones given: the way to let a machine choose.
    ///
    /// The variable is read now. Unset or empty it is passed over. What cannot be read is kept, and is an error of the kind
    /// [`EnvironmentVariable`](ErrorKind::EnvironmentVariable) when a request with it is bound.
    ///
    /// ```
    /// use port_runtime::Ports;
    ///
    /// let ports = Ports::env_or("PORTS_OF_THIS_EXAMPLE", 20000..30000);
    /// assert_eq!(ports, Ports::from(20000..30000));
    /// ```
    pub fn env_or(variable: &str, default: impl Into<Self>) -> Self {
        let value = std::env::var_os(variable).unwrap_or_default();
        let value = value.to_string_lossy();
        match value.trim() {
            "" => default.into(),
            text => text.parse().unwrap_or_else(|error| {
                let value = text.escape_debug();
                Self(Inner::Unreadable(format!("the environment variable {variable} is `{value}`: {error}").into()))
            }),
        }
    }

    /// Whether a search may go through them.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_readable()?;
        if self.len() == 0 {
            return Err(match self.0 {
                Inner::Void { .. } => nothing_in(self),
                _ => Error::invalid("the range is a list without a port in it; name one, or leave the range out"),
            });
        }
        match self.0 {
            Inner::Run(Run { first: 0, .. }) => {
                Err(Error::invalid(format!("the range {self} starts at 0, which is no port; start at 1")))
            }
            _ if self.contains(0) => {
                Err(Error::invalid(format!("the range {self} has 0 in it, which is no port; leave it out")))
            }
            _ => Ok(()),
        }
    }

    /// Whether they may be left out of a search. Unlike a search, that makes sense without a port, too.
    pub(crate) fn check_excepted(&self) -> Result<(), Error> {
        self.check_readable()?;
        match self.0 {
            Inner::Void { start, end, .. } if start > end => Err(nothing_in(self)),
            _ => Ok(()),
        }
    }

    fn check_readable(&self) -> Result<(), Error> {
        match &self.0 {
            Inner::Unreadable(why) => Err(Error::new(ErrorKind::EnvironmentVariable, why.to_string())),
            _ => Ok(()),
        }
    }

    /// How many numbers there are, each one counted once.
    pub(crate) fn len(&self) -> u32 {
        self.runs().last().map_or(0, |run| u32::from(run.before) + run.len())
    }

    /// The number at an index below [`len`](Self::len), in the order in which they were written.
    pub(crate) fn get(&self, index: u32) -> u16 {
        let runs = self.runs();
        let run = runs[runs.partition_point(|run| u32::from(run.before) <= index) - 1];
        let port = u32::from(run.first) + (index - u32::from(run.before));
        u16::try_from(port).expect("an index below the length is within a run")
    }

    pub(crate) fn contains(&self, port: u16) -> bool {
        self.runs().iter().any(|run| (run.first..=run.last).contains(&port))
    }

    /// From the lowest number to the highest; without numbers a range without any.
    pub(crate) fn bounds(&self) -> RangeInclusive<u16> {
        let (mut lowest, mut highest) = (u16::MAX, 0);
        for run in self.runs() {
            (lowest, highest) = (lowest.min(run.first), highest.max(run.last));
        }
        lowest..=highest
    }

    /// These and those. A mistake on either side stays one.
    pub(crate) fn and(self, more: Self) -> Self {
        if self.check_excepted().is_err() || more.len() == 0 && more.check_excepted().is_ok() {
            self
        } else if more.check_excepted().is_err() || self.len() == 0 {
            more
        } else {
            let mut both = Builder::new();
            for run in self.runs().iter().chain(more.runs()) {
                both.add(run.first..=run.last);
            }
            both.build()
        }
    }

    fn runs(&self) -> &[Run] {
        match &self.0 {
            Inner::Run(run) => std::slice::from_ref(run),
            Inner::List(runs) => runs,
            Inner::Void { .. } | Inner::Unreadable(_) => &[],
        }
    }
}

impl Run {
    fn len(self) -> u32 {
        u32::from(self.last - self.first) + 1
    }
}

fn nothing_in(range: impl fmt::Display) -> Error {
    Error::invalid(format!("the range {range} has no port in it; the lower number comes first"))
}

/// How many runs are shown: a message is one line.
const SHOWN: usize = 16;

impl fmt::Display for Ports {
    /// Ranges with both ends, however they were written; one without ports, as it was. Of a long list, the beginning.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = match &self.0 {
            Inner::Run(Run { first, last, .. }) => return write!(formatter, "{first}..={last}"),
            Inner::Void { start, end, inclusive } => {
                return write!(formatter, "{start}{}{end}", if *inclusive { "..=" } else { ".." });
            }
            Inner::Unreadable(why) => return formatter.write_str(why),
            Inner::List(runs) if runs.is_empty() => return formatter.write_str("no ports"),
            Inner::List(runs) => runs,
        };
        for (index, run) in runs.iter().take(SHOWN).enumerate() {
            formatter.write_str(if index == 0 { "" } else { ", " })?;
            match run.len() {
                1 => write!(formatter, "{}", run.first)?,
                _ => write!(formatter, "{}..={}", run.first, run.last)?,
            }
        }
        match runs.get(SHOWN) {
            Some(next) => write!(formatter, " and {} more", self.len() - u32::from(next.before)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Ports({self})")
    }
}
