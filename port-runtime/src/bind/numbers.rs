//! The numbers of a request: who decided on them, which may be tried, in which order, and what became of them.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

use super::binder::Binder;
use super::candidate::{Candidate, Candidates, Source, Way};
use super::kind::Kind;
use super::socket::{at, port_of};
use crate::error::Error;
use crate::given::{self, Assigned};
use crate::host::{Addresses, Family, Host};
use crate::refusal::{self, Refused};
use crate::settings::Settings;
use crate::sys;

/// How often the kernel may choose where one choice may not do: the number may be in use for another member of a tuple,
/// or be excepted.
const KERNEL_CHOICES: u32 = 100;

/// The numbers that may be tried, on which addresses, and what became of them.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) host: Option<Host>,
    /// The host was assigned along with the number: no member has one of its own.
    host_is_assigned: bool,
    addresses: Addresses,
    /// A listener is among those that want a number, and can take one past old connections.
    may_share: bool,
    pub(super) assigned: Option<(u16, By)>,
    pub(super) candidates: Candidates,
    pub(super) refused: Refused,
}

/// Who decided on the number.
#[derive(Debug)]
pub(super) enum By {
    Caller,
    Environment(String),
    PortServer(String),
}

impl Numbers {
    /// For one socket of this kind, or for several on one number: the sources in their order, in one place.
    pub(super) fn decide(settings: &Settings, kind: Option<Kind>) -> Result<Self, Error> {
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
            may_share: kind.is_none_or(|kind| kind.listens),
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
            may_share: false,
            candidates: Candidates::assigned(port, way, settings, choices),
            assigned: Some((port, by)),
            refused: Refused::default(),
        };
        // 0 is no port, but a question to the kernel.
        if port != 0 && numbers.candidates.is_excepted(port) {
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
        wanted.ok_or_else(|| {
            let place = addresses.as_slice().first().map_or_else(String::new, |&address| self.place(address));
            self.explain(Error::invalid(format!(
                "`DualStack` needs an address of both families, and {place} has none of the other; leave `host` out or \
                 give `::`"
            )))
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
                Ok(socket) if candidate.port == 0 && self.candidates.except().is_some() => {
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

    /// After a whole range was refused: connections of earlier servers may be all that is in the way, or somebody who moved on
    /// in step with the search.
    fn look_again(&mut self, binder: &Binder) -> io::Result<bool> {
        if !(self.may_share && sys::LINUX && self.refused.any_in_use()) {
            return Ok(false);
        }
        let Some(bounds) = self.candidates.another_look() else { return Ok(false) };
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
}

impl By {
    pub(super) fn explain(&self, error: Error) -> Error {
        match self {
            Self::Caller => error,
            Self::Environment(by) | Self::PortServer(by) => error.because(by),
        }
    }
}
