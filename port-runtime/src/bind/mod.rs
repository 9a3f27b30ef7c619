//! A request becomes a bound socket. One way through: a [plan](plan) is decided from the settings, [candidates](candidate)
//! say which number next, a [binder] tries it, and [rivals] says who has it. A [session] does the same for several sockets
//! on one number.
//!
//! Called by `types`, through the request, and by `reserved`. Knows no type that users see.

mod address;
mod binder;
mod bound;
mod candidate;
mod event;
mod inherit;
mod kind;
mod numbers;
mod plan;
mod reasons;
mod rivals;
mod session;
mod shared_port;
mod socket;
#[cfg(all(test, any(target_os = "linux", target_os = "android"), not(miri)))]
mod tests;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use self::address::first_local;
use self::binder::Binder;
use self::bound::{Bound, set_timeout};
use self::candidate::Way;
pub(crate) use self::kind::Kind;
use self::plan::Plan;
pub(crate) use self::session::{Membership, all_or_none, on_one_number};
use self::socket::{at, port_of};
use crate::error::{Error, ErrorKind};
use crate::given::listen_fds;
use crate::refusal;
use crate::settings::Settings;
use crate::sys;

/// A socket on a number that the settings allow.
pub(crate) fn one(settings: &Settings, membership: Option<&Membership>, kind: Kind) -> Result<Bound, Error> {
    // Zero is a mistake everywhere, and the plan says so.
    let wants_timeout = settings.timeout.is_some_and(|timeout| !timeout.is_zero());
    if wants_timeout && (kind.listens || kind.holds) && !sys::LINUX {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "`timeout` for a listener is promised on Linux and Android only; set it on the accepted connections",
        ));
    }
    if let Some(joined) = membership.and_then(|membership| membership.join(settings, kind)) {
        return joined;
    }
    match Plan::decide(settings, Some(kind))? {
        Plan::Inherit(inherit) => {
            let (claim, host) = listen_fds::claiming(|| inherit::claim(&inherit, kind, |_| Ok(())))?;
            event::inherited(host);
            Ok(Bound { socket: claim.copy().map_err(refusal::not_set_up)?, host, inherited: true, claim: Some(claim) })
        }
        Plan::Numbers(mut numbers) => {
            let addresses = numbers.addresses(settings, None)?;
            let result = first_local(addresses.as_slice(), |host| {
                let mut binder = Binder::new(kind, host, false, settings.backlog())?;
                let found = numbers.choose(&mut binder, |binder, it| binder.bind(it.port, it.way))?;
                Ok(found.map(|(candidate, socket)| (candidate, socket, host)).ok_or(host))
            });
            match result {
                Ok(Ok((candidate, socket, host))) => {
                    let address = || at(host, port_of(&socket).unwrap_or_default());
                    event::bound(address, numbers.source(candidate), || numbers.passed_over(settings));
                    Ok(Bound { socket, host, inherited: false, claim: None })
                }
                Ok(Err(host)) => Err(numbers.error(kind, host)),
                Err((host, error)) => Err(numbers.address_error(host, &error)),
            }
        }
    }
}

/// A listener on a number that is reserved by the caller.
pub(crate) fn listener_at(address: SocketAddr, backlog: i32, timeout: Option<Duration>) -> Result<TcpListener, Error> {
    let bound = Binder::new(Kind::LISTENER, at(address, 0), false, backlog)
        .and_then(|mut binder| binder.bind(address.port(), Way::UnderOwnHold));
    let socket = bound.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied => refusal::cannot_listen(address, &error),
        _ => refusal::refused(None, address, &error),
    })?;
    set_timeout(&socket, timeout)?;
    Ok(socket.into())
}
