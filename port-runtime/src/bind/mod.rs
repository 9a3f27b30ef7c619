//! A request becomes a bound socket. One way through: a [plan](plan) is decided from the settings, [candidates](candidate)
//! say which number next, a [binder] tries it, and [rivals] says who has it. A [session] does the same for several sockets
//! on one number.
//!
//! Called by `types`, through the request, and by `reserved`. Knows no type that users see.

mod binder;
mod candidate;
mod event;
mod inherit;
mod kind;
mod plan;
mod rivals;
mod session;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::Socket;

use self::binder::Binder;
pub(crate) use self::binder::{at, port_of};
use self::candidate::Way;
pub(crate) use self::kind::Kind;
use self::plan::Plan;
pub(crate) use self::session::{Membership, all_or_none, on_one_number};
use crate::error::{Error, ErrorKind};
use crate::given::listen_fds::{self, Claim};
use crate::refusal;
use crate::settings::Settings;
use crate::sys;

/// A socket that is bound, on its way to the type that was asked for.
#[derive(Debug)]
pub(crate) struct Bound {
    socket: Socket,
    /// The address of the host that was taken, port 0; a hold does not know it by itself.
    host: SocketAddr,
    /// Another process made it, and may use it still.
    inherited: bool,
    /// Of an inherited socket that is no member of anything: it goes back where what is made of it does not come up.
    claim: Option<Claim>,
}

/// A socket on a number that the settings allow.
pub(crate) fn one(settings: &Settings, membership: Option<&Membership>, kind: Kind) -> Result<Bound, Error> {
    if settings.timeout.is_some() && (kind.listens || kind.holds) && !sys::LINUX {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "`timeout` for a listener is promised on Linux and Android only; set it on the accepted connections",
        ));
    }
    if let Some((session, family)) = membership.and_then(Membership::session) {
        return session.join(settings, family, kind);
    }
    match Plan::decide(settings, Some(kind))? {
        Plan::Inherit(inherit) => {
            let (claim, host) = listen_fds::claiming(|| inherit::claim(&inherit, kind, |_| Ok(())))?;
            event::inherited(host);
            Ok(Bound { socket: claim.copy().map_err(Error::set_up)?, host, inherited: true, claim: Some(claim) })
        }
        Plan::Numbers(mut numbers) => {
            let addresses = numbers.addresses(settings, None)?;
            let result = first_local_address(addresses.as_slice(), |host| {
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
pub(crate) fn listener_at(settings: &Settings, address: SocketAddr) -> Result<TcpListener, Error> {
    let bound = Binder::new(Kind::LISTENER, at(address, 0), false, settings.backlog())
        .and_then(|mut binder| binder.bind(address.port(), Way::UnderOwnHold));
    let socket = bound.map_err(|error| match error.kind() {
        // The second one is what Windows says of a port that somebody else has on every address.
        kind if kind == io::ErrorKind::AddrInUse || (cfg!(windows) && kind == io::ErrorKind::PermissionDenied) => {
            refusal::cannot_listen(address, &error)
        }
        _ => refusal::refused(None, address, &error),
    })?;
    set_timeout(&socket, settings.timeout)?;
    Ok(socket.into())
}

impl Bound {
    /// A number for somebody else, with the address that was asked for.
    pub(crate) fn into_hold(self) -> Result<(Socket, SocketAddr), Error> {
        let port = port_of(&self.socket).map_err(Error::set_up)?;
        Ok((self.socket, at(self.host, port)))
    }

    /// What `make` makes of the socket. An inherited one goes back where it makes nothing: a runtime may refuse it.
    pub(crate) fn into_type<T>(
        self,
        nonblocking: bool,
        timeout: Option<Duration>,
        make: impl FnOnce(Socket) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.set_nonblocking(nonblocking)?;
        set_timeout(&self.socket, timeout)?;
        let Self { socket, claim, .. } = self;
        let result = make(socket);
        if let (Some(claim), Ok(_)) = (claim, &result) {
            claim.keep();
        }
        result
    }

    /// Whoever has an inherited socket with us notices a change, be it for an instant: it is made once, and where it is one.
    fn set_nonblocking(&self, wanted: bool) -> Result<(), Error> {
        if self.inherited {
            clear_timeouts(&self.socket).map_err(Error::set_up)?;
            if sys::is_nonblocking(&self.socket).map_err(Error::set_up)? == wanted {
                return Ok(());
            }
        } else if !wanted {
            return Ok(());
        }
        self.socket.set_nonblocking(wanted).map_err(Error::set_up)
    }
}

/// How long blocking calls may take.
fn set_timeout(socket: &Socket, timeout: Option<Duration>) -> Result<(), Error> {
    let Some(timeout) = timeout else { return Ok(()) };
    // The system counts in microseconds, and zero of them would mean no limit at all.
    let timeout = timeout.max(Duration::from_micros(1));
    socket.set_read_timeout(Some(timeout)).map_err(Error::set_up)?;
    socket.set_write_timeout(Some(timeout)).map_err(Error::set_up)
}

/// Those that an earlier owner of the socket left on it.
fn clear_timeouts(socket: &Socket) -> io::Result<()> {
    if socket.read_timeout()?.is_some() {
        socket.set_read_timeout(None)?;
    }
    if socket.write_timeout()?.is_some() {
        socket.set_write_timeout(None)?;
    }
    Ok(())
}

/// Calls `bind` with one address after the other, until one is an address of this machine. If none is, the first one is
/// what the error is about.
fn first_local_address<T>(
    addresses: &[SocketAddr],
    mut bind: impl FnMut(SocketAddr) -> io::Result<T>,
) -> Result<T, (SocketAddr, io::Error)> {
    let mut first = None;
    for &address in addresses {
        match bind(address) {
            Ok(result) => return Ok(result),
            Err(error) if sys::is_family_missing(&error) || error.kind() == io::ErrorKind::AddrNotAvailable => {
                first.get_or_insert((address, error));
            }
            Err(error) => return Err((address, error)),
        }
    }
    Err(first.expect("a host that resolves has an address"))
}
