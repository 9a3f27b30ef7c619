//! One event for every port that is obtained, where the feature `tracing` is on.

use socket2::Socket;

use super::search::{Number, Search};
use crate::PortRequest;

/// A socket that was passed by the service manager.
pub(super) fn inherited(socket: &Socket) {
    emit(socket, "service manager", String::new);
}

/// A socket that was bound to a number.
pub(super) fn bound(socket: &Socket, request: &PortRequest, number: Number, search: &Search) {
    let source = match (number, &request.exact) {
        (_, Some(exact)) => exact.told_by.as_str(),
        (Number::Preferred(_), None) => "preferred port",
        (Number::InRange(_), None) => "range",
        (Number::Any | Number::Exact(_), None) => "kernel",
    };
    emit(socket, source, || passed_over(request, search));
}

#[cfg(feature = "tracing")]
fn emit(socket: &Socket, source: &str, passed_over: impl FnOnce() -> String) {
    if tracing::enabled!(tracing::Level::DEBUG) {
        let address = socket.local_addr().ok().and_then(|address| address.as_socket());
        let address = address.map_or_else(String::new, |address| address.to_string());
        tracing::debug!(address, source, passed_over = passed_over(), "port obtained");
    }
}

#[cfg(not(feature = "tracing"))]
fn emit(_: &Socket, _: &str, _: impl FnOnce() -> String) {}

fn passed_over(request: &PortRequest, search: &Search) -> String {
    let mut reasons = Vec::new();
    if request.inherit.is_some() {
        reasons.push("no sockets were passed".to_owned());
    }
    if request.exact.is_none() {
        reasons.extend(request.env.as_ref().map(|variable| format!("{variable} is not set")));
        reasons.extend(request.port_server.then(|| "PORTSERVER_ADDRESS is not set".to_owned()));
    }
    reasons.extend(search.refusals(request));
    reasons.join("; ")
}
