//! Descriptors are passed on Unix only: elsewhere there never are any.

use std::io;

use socket2::{SockRef, Socket};

use super::Inherit;
use crate::error::{Error, ErrorKind};

/// There is none.
#[derive(Debug)]
pub(crate) enum Claim {}

impl Claim {
    pub(crate) fn copy(&self) -> io::Result<Socket> {
        match *self {}
    }

    pub(crate) fn keep(self) {
        match self {}
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the environment can be wrong on Unix")]
pub(crate) fn are_passed() -> Result<bool, Error> {
    Ok(false)
}

pub(crate) fn claim<T>(
    inherit: &Inherit,
    _: impl FnMut(&SockRef<'_>) -> Result<T, String>,
) -> Result<(Claim, T), Error> {
    let named = match inherit {
        Inherit::Next => String::new(),
        Inherit::Named(name) => format!(" named `{name}`"),
    };
    Err(Error::new(ErrorKind::Unsupported, format!("no socket{named} can be passed here; that is for Unix")))
}

pub(crate) fn claiming<T>(mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    attempt()
}

pub(crate) fn left_over() -> Option<String> {
    None
}
