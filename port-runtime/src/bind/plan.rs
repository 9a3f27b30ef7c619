//! What is to be done for a request, decided once: the sources in their order, in one place. After this nobody looks at
//! the settings again to find out which socket or number it may be.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

use super::binder::{Binder, at, port_of};
use super::candidate::{Candidate, Candidates, Source, Way};
use super::kind::Kind;
use crate::error::Error;
use crate::given::{self, Assigned, Inherit, listen_fds};
use crate::host::{Addresses, Family, Host};
use crate::ports::Ports;
use crate::refusal::{self, Asked, Refused};
use crate::settings::Settings;
use crate::sys;

/// How often the kernel may choose where one choice may not do: the number may be in use for another member of a tuple,
/// or be excepted.
const KERNEL_CHOICES: u32 = 100;

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one for each request, on the stack: a box would be an allocation")]
pub(super) enum Plan {
    /// The service manager passed sockets: these, or none.
    Inherit(Inherit),
    Numbers(Numbers),
}

/// The numbers that may be tried, on which addresses, and what became of them.
#[derive(Debug)]
pub(super) struct Numbers {
    host: Option<Host>,
    /// The host was assigned along with the number: no member has one of its own.
    host_is_assigned: bool,
    addresses: Addresses,
    except: Option<Ports>,
    /// A listener is among those that want a number, and can take one past old connections.
    may_share: bool,
    range: Option<Ports>,
    assigned: Option<(u16, By)>,
    candidates: Candidates,
    refused: Refused,
}

/// Who decided on the number.
#[derive(Debug)]
enum By {
    Caller,
    Environment(String),
    PortServer(String),
}

impl Plan {
    /// For one socket of this kind, or for several on one number.
    pub(super) fn decide(settings: &Settings, kind: Option<Kind>) -> Result<Self, Error> {
        settings.check()?;
        if let Some(inherit) = &settings.inherit {
            if listen_fds::are_passed()? {
                return Ok(Self::Inherit(inherit.clone()));
            }
        }
        Numbers::decide(settings, kind).map(Self::Numbers)
    }
}

impl Numbers {
    fn decide(settings: &Settings, kind: Option<Kind>) -> Result<Self, Error> {
        let choices = if kind.is_none() || settings.except.is_some() { KERNEL_CHOICES } else { 1 };
        if let Some(port) = settings.port {
            return Self::assigned(settings, None, port, By::Caller, Way::UnderHold, choices);
        }
        if let Some(variable) = &settings.env {
            if let Some(Assigned { host, port, by }) = given::env::assigned(variable)? {
                return Self::assigned(settings, host, port, By::Environment(by), Way::UnderHold, choices);
            }
        }
        if settings.port_server {
            if let Some(Assigned { host, port, by }) = given::port_server::assigned()? {
                return Self::assigned(settings, host, port, By::PortServer(by), Way::PastConnections, choices);
            }
        }
        Ok(Self {
            addresses: Addresses::of(settings.host.as_ref())?,
            host: settings.host.clone(),
            host_is_assigned: false,
            except: settings.except.clone(),
            may_share: kind.is_none_or(|kind| kind.listens),
            range: settings.range.clone(),
            assigned: None,
            candidates: Candidates::allowed(settings, choices),
            refused: Refused::default(),
        })
    }

    fn assigned(
        settings: &Settings,
        host: Option<Host>,
        port: u16,
        by: By,
        way: Way,
        choices: u32,
    ) -> Result<Self, Error> {
        let host_is_assigned = host.is_some();
        let host = host.or_else(|| settings.host.clone());
        let numbers = Self {
            addresses: Addresses::of(host.as_ref()).map_err(|error| by.explain(error))?,
            host,
            host_is_assigned,
            except: settings.except.clone(),
            may_share: false,
            range: None,
            candidates: Candidates::assigned(port, way, settings, choices),
            assigned: Some((port, by)),
            refused: Refused::default(),
        };
        if numbers.candidates.is_excepted(port) {
            let error = Error::invalid(format!("port {port} was asked for, and `except` forbids it"));
            return Err(numbers.explain(error));
        }
        Ok(numbers)
    }

    /// The addresses to try, one after the other. A member may have asked for a host of its own, or stand for one of two
    /// families.
    pub(super) fn addresses(&self, settings: &Settings, family: Option<Family>) -> Result<Addresses, Error> {
        let addresses = if self.host_is_assigned || settings.host == self.host {
            self.addresses.clone()
        } else {
            Addresses::of(settings.host.as_ref())?
        };
        let Some(family) = family else { return Ok(addresses) };
        let both = addresses.of_family(Family::V4).zip(addresses.of_family(Family::V6));
        let wanted = both.map(|(v4, v6)| if family == Family::V4 { v4 } else { v6 });
        wanted.map(Addresses::One).ok_or_else(|| {
            let place = addresses.as_slice().first().map_or_else(String::new, |&address| self.place(address));
            Error::invalid(format!(
                "`DualStack` needs an address of both families, and {place} has none of the other; leave `host` out or \
                 give `::`"
            ))
        })
    }

    /// An address as messages name it.
    pub(super) fn place(&self, address: SocketAddr) -> String {
        refusal::place(self.host.as_ref(), address)
    }

    /// The first number that can be had, bound by `bind`. An error is one that no other number would mend.
    pub(super) fn choose(
        &mut self,
        binder: &mut Binder,
        mut bind: impl FnMut(&mut Binder, Candidate) -> io::Result<Socket>,
    ) -> io::Result<Option<(Candidate, Socket)>> {
        // Open until the end, so that the kernel does not choose their numbers again.
        let mut excepted = Vec::new();
        loop {
            let Some(candidate) = self.candidates.next() else {
                if self.look_again(binder)? {
                    continue;
                }
                return Ok(None);
            };
            match bind(binder, candidate) {
                Ok(socket) if candidate.port == 0 && self.candidates.excepts() => {
                    if !self.candidates.is_excepted(port_of(&socket)?) {
                        return Ok(Some((candidate, socket)));
                    }
                    excepted.push(socket);
                }
                Ok(socket) => return Ok(Some((candidate, socket))),
                Err(error) => {
                    if let Err(error) = self.refuse(candidate, binder, candidate.port, error) {
                        self.candidates.put_back(candidate);
                        return Err(error);
                    }
                    if candidate.port == 0 {
                        self.candidates.give_up_kernel();
                        self.refused.exhausted();
                    }
                }
            }
        }
    }

    /// After a whole range was refused: connections of earlier servers may be all that is in the way.
    fn look_again(&mut self, binder: &Binder) -> io::Result<bool> {
        if !(self.may_share && sys::LINUX && self.refused.any_in_use()) {
            return Ok(false);
        }
        let Some(bounds) = self.candidates.second_look() else { return Ok(false) };
        let held = binder.held(bounds)?;
        let answered = held.is_some();
        self.candidates.look_again(held.unwrap_or_default());
        Ok(answered)
    }

    /// Takes note of a number that somebody has or that is not permitted; any other error comes back.
    pub(super) fn refuse(
        &mut self,
        candidate: Candidate,
        binder: &Binder,
        port: u16,
        error: io::Error,
    ) -> io::Result<()> {
        let socket = (binder.kind().protocol, at(binder.wanted(), port));
        match candidate.source {
            Source::Preferred => self.refused.preferred(socket, error),
            Source::RangeAgain => self.refused.again(error),
            Source::Assigned | Source::Range | Source::Kernel => self.refused.number(socket, error),
        }
    }

    /// The error when no number is left.
    pub(super) fn error(&self, kind: Kind, address: SocketAddr) -> Error {
        let asked = Asked {
            place: self.place(address),
            address,
            protocol: kind.protocol,
            assigned: self.assigned.as_ref().map(|(port, _)| *port),
            range: self.range.as_ref(),
            except: self.except.as_ref(),
        };
        let error = self.explain(self.refused.error(&asked));
        match not_taken() {
            Some(not_taken) => error.because(&format!("{not_taken}; was `inherit` forgotten?")),
            None => error,
        }
    }

    /// The error when an address cannot be bound.
    pub(super) fn address_error(&self, address: SocketAddr, error: &io::Error) -> Error {
        self.explain(refusal::refused(self.host.as_ref(), address, error))
    }

    /// With the reason why just this was tried, and with what else may be the matter.
    fn explain(&self, error: Error) -> Error {
        match &self.assigned {
            Some((_, by)) => by.explain(error),
            None => error,
        }
    }

    /// Who decided on a number, for people who wonder why it is this one.
    pub(super) fn source(&self, candidate: Candidate) -> &str {
        match (&self.assigned, candidate.source) {
            (Some((_, By::Environment(by) | By::PortServer(by))), _) => by,
            (Some((_, By::Caller)), _) => "the option `port`",
            (None, Source::Preferred) => "preferred port",
            (None, Source::Range | Source::RangeAgain) => "range",
            (None, Source::Kernel | Source::Assigned) => "kernel",
        }
    }

    /// What was asked in vain, and tried in vain.
    pub(super) fn passed_over(&self, settings: &Settings) -> String {
        let mut reasons = Vec::new();
        if settings.inherit.is_some() {
            reasons.push("no sockets were passed to this process".to_owned());
        }
        let by_caller = matches!(self.assigned, Some((_, By::Caller)));
        let by_env = matches!(self.assigned, Some((_, By::Environment(_))));
        let by_port_server = matches!(self.assigned, Some((_, By::PortServer(_))));
        if let (Some(variable), false) = (&settings.env, by_caller || by_env) {
            reasons.push(format!("{variable} is unset or empty"));
        }
        if settings.port_server && !(by_caller || by_env || by_port_server) {
            reasons.push("PORTSERVER_ADDRESS is unset or empty".to_owned());
        }
        reasons.extend(not_taken());
        reasons.extend(self.refused.reasons());
        reasons.join("; ")
    }
}

/// What the service manager passed, where nobody has asked for it yet.
fn not_taken() -> Option<String> {
    listen_fds::left_over().map(|sockets| format!("nobody has taken the passed {sockets}"))
}

impl By {
    fn explain(&self, error: Error) -> Error {
        match self {
            Self::Caller => error,
            Self::Environment(by) | Self::PortServer(by) => error.because(by),
        }
    }
}
