//! What the types of all async runtimes have in common.

use socket2::Socket;

use crate::bind::{self, Kind};
use crate::error::{Error, ErrorKind};
use crate::request::PortRequest;

/// A socket that does not block, made into a type of a runtime by `register`. Such a type has timeouts of its own;
/// `instead` says how to have one.
pub(super) fn nonblocking<T>(
    request: &PortRequest,
    kind: Kind,
    instead: &str,
    register: impl FnOnce(Socket) -> Result<T, Error>,
) -> Result<T, Error> {
    if request.settings().timeout.is_some() {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("`timeout` is for blocking sockets, and this one is not; {instead}"),
        ));
    }
    bind::one(request.settings(), request.membership(), kind)?.into_type(true, None, register)
}
