use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::ops::Range;

use socket2::Socket;

use crate::given::Exact;
use crate::{Error, ErrorKind, PortRequest, Ports, sys};

/// A number to try, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    /// This one and no other.
    Exact(u16),
    Preferred(u16),
    InRange(u16),
    /// Once more, after the whole range was refused: connections in `TIME_WAIT` may be all that is in the way.
    InRangeAgain(u16),
    /// The kernel's choice.
    Any,
}

/// Goes through the numbers that a request allows, a full range twice, and remembers why they were refused.
#[derive(Debug)]
pub(super) struct Search {
    exact: Option<u16>,
    preferred: Option<u16>,
    range: Option<Ports>,
    /// Indices into the range.
    rest_of_range: Range<u32>,
    second_look: Range<u32>,
    kernel_choices: u32,
    refused: Refused,
}

/// The numbers that were refused.
#[derive(Debug, Default)]
struct Refused {
    preferred: Option<io::Error>,
    in_use: u32,
    denied: u32,
    /// The kernel has nothing left to choose from.
    exhausted: bool,
    /// What the system said of the last one, the preferred one apart.
    last: Option<io::Error>,
}

impl Search {
    /// `kernel_choices` is how often the kernel may choose: once is enough for a single socket.
    #[inline]
    pub(super) fn new(request: &PortRequest, kernel_choices: u32) -> Self {
        let nothing = Self {
            exact: None,
            preferred: None,
            range: None,
            rest_of_range: 0..0,
            second_look: 0..0,
            kernel_choices: 0,
            refused: Refused::default(),
        };
        let indices = 0..request.range.as_ref().map_or(0, Ports::len);
        match &request.exact {
            Some(Exact { port: 0, .. }) => Self { kernel_choices, ..nothing },
            Some(Exact { port, .. }) => Self { exact: Some(*port), ..nothing },
            None => Self {
                preferred: request.prefer,
                second_look: if sys::LINUX { indices.clone() } else { 0..0 },
                rest_of_range: indices,
                range: request.range.clone(),
                kernel_choices: if request.range.is_some() { 0 } else { kernel_choices },
                ..nothing
            },
        }
    }

    /// Tries one number after the other. An error is one that no other number would mend.
    #[inline]
    pub(super) fn run(
        &mut self,
        mut attempt: impl FnMut(Number) -> io::Result<Socket>,
    ) -> io::Result<Option<(Number, Socket)>> {
        while let Some(number) = self.next() {
            match attempt(number) {
                Ok(socket) => return Ok(Some((number, socket))),
                Err(error) => {
                    if let Err(error) = self.refuse(number, error) {
                        self.put_back(number);
                        return Err(error);
                    }
                }
            }
            if let Number::Any = number {
                self.kernel_choices = 0;
                self.refused.exhausted = true;
            }
        }
        Ok(None)
    }

    #[inline]
    fn next(&mut self) -> Option<Number> {
        if let Some(port) = self.exact.take() {
            return Some(Number::Exact(port));
        }
        if let Some(port) = self.preferred.take() {
            return Some(Number::Preferred(port));
        }
        if let Some(range) = &self.range {
            if let Some(index) = self.rest_of_range.next() {
                return Some(Number::InRange(range.get(index)));
            }
            if self.refused.in_use > 0 {
                if let Some(index) = self.second_look.next() {
                    return Some(Number::InRangeAgain(range.get(index)));
                }
            }
        }
        self.kernel_choices = self.kernel_choices.checked_sub(1)?;
        Some(Number::Any)
    }

    /// The address was refused, not the number: it is for the next address.
    fn put_back(&mut self, number: Number) {
        match number {
            Number::Exact(port) => self.exact = Some(port),
            Number::Preferred(port) => self.preferred = Some(port),
            Number::InRange(_) => self.rest_of_range.start -= 1,
            Number::InRangeAgain(_) => self.second_look.start -= 1,
            Number::Any => self.kernel_choices += 1,
        }
    }

    /// Takes note of a number that somebody has or that is not permitted; any other error comes back.
    #[inline]
    pub(super) fn refuse(&mut self, number: Number, error: io::Error) -> io::Result<()> {
        let denied = match error.kind() {
            io::ErrorKind::AddrInUse => false,
            io::ErrorKind::PermissionDenied => true,
            _ => return Err(error),
        };
        match number {
            Number::Preferred(_) => {
                self.refused.preferred = Some(error);
                return Ok(());
            }
            // It was counted the first time.
            Number::InRangeAgain(_) => {}
            _ if denied => self.refused.denied += 1,
            _ => self.refused.in_use += 1,
        }
        self.refused.last = Some(error);
        Ok(())
    }

    /// What was tried in vain, for people who wonder why it is this port.
    pub(super) fn refusals(&self, request: &PortRequest) -> impl Iterator<Item = String> {
        let Refused { in_use, denied, .. } = self.refused;
        let count = |count: u32, why| (count > 0).then(|| format!("{count} {why}"));
        let preferred = self.refused.preferred(request).map(|(_, refusal)| refusal);
        [preferred, count(in_use, "in use"), count(denied, "not permitted")].into_iter().flatten()
    }

    /// The error for a search that has come to its end.
    pub(super) fn error(&mut self, request: &PortRequest, address: SocketAddr) -> Error {
        let refused = std::mem::take(&mut self.refused);
        let place = request.place(address);
        let mut kind = refused.kind();
        let (mut message, mut privileged) = match (&request.exact, &request.range) {
            (Some(Exact { port: port @ 1.., .. }), _) => {
                if kind == ErrorKind::NoFreePort {
                    kind = ErrorKind::PortInUse;
                }
                (format!("cannot bind port {port} on {place}{}", refused.said()), *port < 1024)
            }
            (None, Some(range)) => {
                (format!("no free port on {place} in {range}: {}", refused.in_range()), *range.bounds().start() < 1024)
            }
            (_, None) | (Some(_), _) => (format!("no free port on {place}: {}", refused.chosen_by_kernel()), false),
        };
        if let Some((port, refusal)) = refused.preferred(request) {
            let _ = write!(message, "; {refusal}");
            privileged |= port < 1024;
        }
        if kind == ErrorKind::PermissionDenied && privileged && cfg!(unix) {
            message += "; ports below 1024 are for root and for programs with CAP_NET_BIND_SERVICE";
        }
        let denied = kind == ErrorKind::PermissionDenied;
        match refused.last.into_iter().chain(refused.preferred).find(|error| is_denied(error) == denied) {
            Some(error) => Error::system(kind, message, error),
            None => Error::new(kind, message),
        }
    }
}

impl Refused {
    fn said(&self) -> String {
        self.last.as_ref().map_or_else(String::new, |error| format!(": {error}"))
    }

    fn preferred(&self, request: &PortRequest) -> Option<(u16, String)> {
        let (port, error) = (request.prefer?, self.preferred.as_ref()?);
        let why = if is_denied(error) { "not permitted" } else { "in use" };
        Some((port, format!("the preferred port {port} is {why}")))
    }

    fn in_range(&self) -> String {
        match (self.in_use, self.denied) {
            (1, 0) => "the only one is in use".to_owned(),
            (count, 0) => format!("all {count} are in use"),
            (0, 1) => format!("the only one is not permitted{}", self.said()),
            (0, count) => format!("none of the {count} is permitted{}", self.said()),
            (in_use, denied) => format!("{in_use} in use, {denied} not permitted"),
        }
    }

    fn chosen_by_kernel(&self) -> String {
        if self.exhausted {
            format!("the system has none to give{}", self.said())
        } else {
            format!("{} that the system chose were in use for one of the sockets that share the port", self.in_use)
        }
    }

    fn kind(&self) -> ErrorKind {
        let only_denials = self.denied > 0 && self.in_use == 0 && self.preferred.as_ref().is_none_or(is_denied);
        if only_denials { ErrorKind::PermissionDenied } else { ErrorKind::NoFreePort }
    }
}

fn is_denied(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}
