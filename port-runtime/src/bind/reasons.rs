//! Why it is this number, or none: what an error says of a search, and an event of its success.

use std::io;
use std::net::SocketAddr;

use super::candidate::{Candidate, Source};
use super::kind::Kind;
use super::numbers::{By, Numbers};
use crate::error::Error;
use crate::given::listen_fds;
use crate::refusal::{self, Asked};
use crate::settings::Settings;

impl Numbers {
    /// The error when no number is left.
    pub(super) fn error(&self, kind: Kind, address: SocketAddr) -> Error {
        let asked = Asked {
            place: self.place(address),
            address,
            protocol: kind.protocol,
            assigned: self.assigned.as_ref().map(|(port, _)| *port),
            range: self.candidates.range(),
            except: self.candidates.except(),
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
    pub(super) fn explain(&self, error: Error) -> Error {
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
