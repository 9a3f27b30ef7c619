//! What somebody outside this process has decided: which sockets it was started with, and which number it has to take.
//!
//! Who carries a request out asks here, one source after the other. Facts come back: nothing here knows what a request
//! is, what a socket is wanted for, or what else might be tried.

pub(crate) mod env;
#[cfg(test)]
mod fuzz;
#[cfg_attr(not(unix), path = "no_listen_fds.rs")]
pub(crate) mod listen_fds;
pub(crate) mod port_server;

use std::borrow::Cow;

use crate::host::Host;

/// Which of the passed sockets is wanted.
#[derive(Debug, Clone)]
pub(crate) enum Inherit {
    Next,
    Named(Cow<'static, str>),
}

/// A number that has to be taken as it is.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    /// Where, if that was said as well.
    pub(crate) host: Option<Host>,
    /// 0 is the kernel's choice.
    pub(crate) port: u16,
    /// Who says so, for messages: "PORT is `8080`".
    pub(crate) by: String,
}
