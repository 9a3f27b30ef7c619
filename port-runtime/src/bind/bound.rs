//! A socket that is bound, on its way to the type that was asked for.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::Socket;

use super::socket::{at, port_of};
use crate::error::Error;
use crate::given::listen_fds::Claim;
use crate::refusal;
use crate::sys;

/// A socket that is bound, on its way to the type that was asked for.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(super) socket: Socket,
    /// The address of the host that was taken, port 0; a hold does not know it by itself.
    pub(super) host: SocketAddr,
    /// Another process made it, and may use it still.
    pub(super) inherited: bool,
    /// Of an inherited socket that is no member of anything: it goes back where what is made of it does not come up.
    pub(super) claim: Option<Claim>,
}

impl Bound {
    /// A number for somebody else, with the address that was asked for.
    pub(crate) fn into_hold(self) -> Result<(Socket, SocketAddr), Error> {
        let port = port_of(&self.socket).map_err(refusal::not_set_up)?;
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
            clear_timeouts(&self.socket).map_err(refusal::not_set_up)?;
            if sys::is_nonblocking(&self.socket).map_err(refusal::not_set_up)? == wanted {
                return Ok(());
            }
        } else if !wanted {
            return Ok(());
        }
        self.socket.set_nonblocking(wanted).map_err(refusal::not_set_up)
    }
}

/// How long blocking calls may take.
pub(super) fn set_timeout(socket: &Socket, timeout: Option<Duration>) -> Result<(), Error> {
    let Some(timeout) = timeout else { return Ok(()) };
    // The system counts in microseconds, and zero of them would mean no limit at all.
    let timeout = timeout.max(Duration::from_micros(1));
    socket.set_read_timeout(Some(timeout)).map_err(refusal::not_set_up)?;
    socket.set_write_timeout(Some(timeout)).map_err(refusal::not_set_up)
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
