use socket2::Socket;

use crate::bind::{self, Kind};
use crate::{Error, ErrorKind, PortRequest};

/// A socket for a type of an async runtime, which has time-outs of its own.
pub(super) fn nonblocking(request: &PortRequest, kind: Kind, instead: &str) -> Result<Socket, Error> {
    if request.timeout.is_some() {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("`timeout` is for blocking sockets, and this one is not; {instead}"),
        ));
    }
    let socket = bind::socket(request, kind)?;
    socket.set_nonblocking(true).map_err(Error::set_up)?;
    Ok(socket)
}
