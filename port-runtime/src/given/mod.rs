//! Ports and sockets that somebody outside this process has decided on.

mod env;
#[cfg(test)]
mod fuzz;
#[cfg_attr(not(unix), path = "no_listen_fds.rs")]
pub(crate) mod listen_fds;
mod port_server;

use std::borrow::Cow;

use crate::{Error, PortRequest};

/// Which of the passed sockets is wanted.
#[derive(Debug, Clone)]
pub(crate) enum Inherit {
    Next,
    Named(Cow<'static, str>),
}

/// A number that has to be taken as it is.
#[derive(Debug, Clone)]
pub(crate) struct Exact {
    pub(crate) port: u16,
    /// Who says so, for messages.
    pub(crate) told_by: String,
    /// Then the environment variable had nothing to say.
    pub(crate) by_port_server: bool,
}

/// Which passed socket to take, where that is asked for and any were passed.
#[inline]
pub(crate) fn inherited(request: &PortRequest) -> Result<Option<&Inherit>, Error> {
    match &request.inherit {
        Some(inherit) if listen_fds::are_passed()? => Ok(Some(inherit)),
        _ => Ok(None),
    }
}

/// The request with what the environment variable or the port server decides, where they are asked and present.
#[inline]
pub(crate) fn decide(request: &PortRequest) -> Result<Cow<'_, PortRequest>, Error> {
    if let Some(name) = &request.env {
        if let Some(decided) = env::decide(request, name)? {
            return Ok(Cow::Owned(decided));
        }
    }
    if request.port_server {
        if let Some(exact) = port_server::ask()? {
            return Ok(Cow::Owned(PortRequest { exact: Some(exact), ..request.clone() }));
        }
    }
    Ok(Cow::Borrowed(request))
}
