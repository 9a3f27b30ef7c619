//! One event for every port that is obtained, where the feature `tracing` is on. `tracing` evaluates what is told only where
//! somebody listens to it.

use std::net::SocketAddr;

/// A socket that was passed by the service manager.
pub(super) fn inherited(address: SocketAddr) {
    bound(|| address, "service manager", String::new);
}

/// A socket that was bound to a number of this host. The socket of a reserved port is on every address.
pub(super) fn bound(address: impl FnOnce() -> SocketAddr, source: &str, passed_over: impl FnOnce() -> String) {
    #[cfg(feature = "tracing")]
    tracing::debug!(address = %address(), source, passed_over = passed_over(), "port obtained");
    #[cfg(not(feature = "tracing"))]
    let _ = (address, source, passed_over);
}
