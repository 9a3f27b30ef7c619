//! One event for every port that is obtained, where the feature `tracing` is on.

use std::net::SocketAddr;

use socket2::Socket;

use super::draft::{at, port_of};
use super::search::{Number, Search};
use crate::PortRequest;

/// What is to be told of a port, once it is certain that it was obtained. `None` where nobody listens.
#[derive(Debug)]
#[must_use = "nobody hears of it before `emit` is called"]
pub(super) struct Event(Option<Told>);

#[derive(Debug)]
struct Told {
    address: String,
    source: String,
    passed_over: String,
}

/// A socket that was passed by the service manager.
pub(super) fn inherited(address: SocketAddr) -> Event {
    Event(is_wanted().then(|| Told {
        address: address.to_string(),
        source: "service manager".to_owned(),
        passed_over: String::new(),
    }))
}

/// A socket that was bound to a number of this host. The socket of a reserved port is on every address.
pub(super) fn bound(
    socket: &Socket,
    host: SocketAddr,
    request: &PortRequest,
    number: Number,
    search: &Search,
) -> Event {
    let told = || {
        let source = match (number, &request.exact) {
            (_, Some(exact)) => exact.told_by.as_str(),
            (Number::Preferred(_), None) => "preferred port",
            (Number::InRange(_) | Number::InRangeAgain(_), None) => "range",
            (Number::Any | Number::Exact(_), None) => "kernel",
        };
        let address = port_of(socket).map_or_else(|_| String::new(), |port| at(host, port).to_string());
        Told { address, source: source.to_owned(), passed_over: passed_over(request, search) }
    };
    Event(is_wanted().then(told))
}

#[cfg(feature = "tracing")]
fn is_wanted() -> bool {
    tracing::enabled!(tracing::Level::DEBUG)
}

#[cfg(not(feature = "tracing"))]
fn is_wanted() -> bool {
    false
}

impl Event {
    pub(super) fn emit(self) {
        let Some(Told { address, source, passed_over }) = self.0 else { return };
        #[cfg(feature = "tracing")]
        tracing::debug!(address, source, passed_over, "port obtained");
        #[cfg(not(feature = "tracing"))]
        let _ = (address, source, passed_over);
    }
}

fn passed_over(request: &PortRequest, search: &Search) -> String {
    let mut reasons = Vec::new();
    if request.inherit.is_some() {
        reasons.push("no sockets were passed to this process".to_owned());
    }
    if request.exact.as_ref().is_none_or(|exact| exact.by_port_server) {
        reasons.extend(request.env.as_ref().map(|variable| format!("{variable} is unset or empty")));
    }
    if request.exact.is_none() {
        reasons.extend(request.port_server.then(|| "PORTSERVER_ADDRESS is unset or empty".to_owned()));
    }
    reasons.extend(search.refusals(request));
    reasons.join("; ")
}
