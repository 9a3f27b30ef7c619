//! The numbers that were refused: a tally while they are tried, and the error when none is left.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use super::{exhausted, holder};
use crate::error::{Error, ErrorKind};
use crate::ports::Ports;
use crate::sys::sock_diag::Protocol;

/// How many numbers of a range are told with their holders.
const NAMED: usize = 3;

/// The end of a sentence about a number that is not permitted.
pub(super) const PRIVILEGED: &str = "; ports below 1024 are for root and for programs with CAP_NET_BIND_SERVICE";

/// A number on one address, as one kind of socket wants it.
pub(crate) type Wanted = (Protocol, SocketAddr);

/// The numbers that were refused so far. It is kept on the way of success too, so it allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    preferred: Option<(Wanted, io::Error)>,
    in_use: u32,
    denied: u32,
    /// The first ones in use.
    first: [Option<Wanted>; NAMED],
    /// The kernel has nothing left to choose from.
    exhausted: bool,
    /// What the system said of the last one, the preferred one apart.
    last: Option<io::Error>,
}

/// What was asked for, as far as an error names it.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    /// The address in words.
    pub(crate) place: String,
    pub(crate) address: SocketAddr,
    pub(crate) protocol: Protocol,
    /// The one number that somebody decided on.
    pub(crate) assigned: Option<u16>,
    pub(crate) range: Option<&'a Ports>,
    pub(crate) except: Option<&'a Ports>,
}

impl Refused {
    /// Takes note of a preferred number that somebody has or that is not permitted; any other error comes back.
    pub(crate) fn preferred(&mut self, wanted: Wanted, error: io::Error) -> io::Result<()> {
        self.preferred = Some((wanted, about_the_number(error)?));
        Ok(())
    }

    /// The same for any other number.
    pub(crate) fn number(&mut self, wanted: Wanted, error: io::Error) -> io::Result<()> {
        let error = about_the_number(error)?;
        if is_denied(&error) {
            self.denied += 1;
        } else {
            if let Some(place) = self.first.get_mut(self.in_use as usize) {
                *place = Some(wanted);
            }
            self.in_use += 1;
        }
        self.last = Some(error);
        Ok(())
    }

    /// The same for a number that was refused before, and is counted already.
    pub(crate) fn again(&mut self, error: io::Error) -> io::Result<()> {
        self.last = Some(about_the_number(error)?);
        Ok(())
    }

    /// The kernel has nothing left to choose from.
    pub(crate) fn exhausted(&mut self) {
        self.exhausted = true;
    }

    pub(crate) fn any_in_use(&self) -> bool {
        self.in_use > 0
    }

    /// What was tried in vain, for people who wonder why it is this port.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = String> {
        let count = |count: u32, why| (count > 0).then(|| format!("{count} {why}"));
        let preferred = self.preferred.as_ref().map(|((_, address), error)| {
            let port = address.port();
            let why = if is_denied(error) { "not permitted" } else { "in use" };
            format!("the preferred port {port} is {why}")
        });
        [preferred, count(self.in_use, "in use"), count(self.denied, "not permitted")].into_iter().flatten()
    }

    /// The error for a search that has come to its end.
    pub(crate) fn error(&self, asked: &Asked<'_>) -> Error {
        let mut kind = self.kind();
        let mut privileged = false;
        let place = &asked.place;
        let mut message = match (asked.assigned, asked.range) {
            (Some(port @ 1..), _) => {
                privileged = port < 1024;
                if kind == ErrorKind::NoFreePort {
                    kind = ErrorKind::PortInUse;
                    format!(
                        "{} {port} on {place} is in use{}",
                        what(asked.protocol),
                        holder::who_has(asked.protocol, SocketAddr::new(asked.address.ip(), port))
                    )
                } else {
                    format!("cannot bind {} {port} on {place}{}", what(asked.protocol), self.said())
                }
            }
            (None, Some(range)) => {
                privileged = *range.bounds().start() < 1024;
                format!("no free port on {place} in {range}: {}", self.in_range(asked))
            }
            (_, _) => format!("no free port on {place}: {}", self.chosen_by_kernel(asked)),
        };
        if let Some(((protocol, address), error)) = &self.preferred {
            let port = address.port();
            privileged |= port < 1024;
            let _ = if is_denied(error) {
                write!(message, "; the preferred port {port} is not permitted")
            } else {
                write!(message, "; the preferred port {port} is in use{}", holder::who_has(*protocol, *address))
            };
        }
        let denied = kind == ErrorKind::PermissionDenied;
        if denied && privileged && cfg!(unix) {
            message += PRIVILEGED;
        }
        let said = self.last.iter().chain(self.preferred.as_ref().map(|(_, error)| error));
        match said.into_iter().find(|error| is_denied(error) == denied) {
            Some(error) => Error::system(kind, message, error),
            None => Error::new(kind, message),
        }
    }

    fn said(&self) -> String {
        self.last.as_ref().map_or_else(String::new, |error| format!(": {error}"))
    }

    fn in_range(&self, asked: &Asked<'_>) -> String {
        let is_smaller = asked.range.is_some_and(|range| range.len() > self.in_use + self.denied);
        let left = if asked.except.is_some() && is_smaller { " that `except` leaves" } else { "" };
        match (self.in_use, self.denied) {
            (0, 0) if asked.except.is_some() => "`except` leaves none of it".to_owned(),
            (1, 0) => format!("the only one{left} is in use{}", self.holder()),
            (count, 0) => format!("all {count}{left} are in use{}", self.holders()),
            (0, 1) => format!("the only one{left} is not permitted{}", self.said()),
            (0, count) => format!("none of the {count}{left} is permitted{}", self.said()),
            (in_use, denied) => format!("{in_use} in use, {denied} not permitted{}", self.holders()),
        }
    }

    fn holder(&self) -> String {
        self.first[0].map_or_else(String::new, |(protocol, address)| holder::who_has(protocol, address))
    }

    /// Who has the first few that are in use.
    fn holders(&self) -> String {
        let Some(&(protocol, address)) = self.first.iter().flatten().next() else { return String::new() };
        let alike = self.first.iter().flatten().filter(|it| (it.0, it.1.ip()) == (protocol, address.ip()));
        let ports: Vec<_> = alike.map(|(_, address)| address.port()).collect();
        let more = self.in_use as usize > ports.len();
        let told = holder::who_has_these(protocol, address.ip(), &ports);
        if more && !told.is_empty() && !told.ends_with('…') { told + ", …" } else { told }
    }

    fn chosen_by_kernel(&self, asked: &Asked<'_>) -> String {
        const SHARED: &str = "for one of the sockets that share the port";

        if self.exhausted {
            let is_denied = self.last.as_ref().is_some_and(is_denied);
            if is_denied {
                return format!("the process may not bind any{}", self.said());
            }
            let advice = exhausted::advice(asked.protocol, asked.address);
            return format!("the system has none to give{}{advice}", self.said());
        }
        match (self.in_use, self.denied, asked.except) {
            (0, 0, Some(except)) => format!("all that the system chose are excepted ({except})"),
            (0, denied, _) => format!("{denied} that the system chose were not permitted {SHARED}{}", self.said()),
            (in_use, ..) => format!("{in_use} that the system chose were in use {SHARED}"),
        }
    }

    fn kind(&self) -> ErrorKind {
        let preferred_is_denied = self.preferred.as_ref().is_none_or(|(_, error)| is_denied(error));
        let only_denials = self.denied > 0 && self.in_use == 0 && preferred_is_denied;
        if only_denials { ErrorKind::PermissionDenied } else { ErrorKind::NoFreePort }
    }
}

/// Somebody has the number, or it is not permitted: another one may do. Any other error comes back.
fn about_the_number(error: io::Error) -> io::Result<io::Error> {
    match error.kind() {
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied => Ok(error),
        _ => Err(error),
    }
}

/// Most ports are TCP's. A pair has both, and who has the other one's is no help.
fn what(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "port",
        Protocol::Udp => "UDP port",
    }
}

fn is_denied(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}
