//! What is to be done for a request, decided once: passed sockets, or numbers. After this nobody looks at the settings again
//! to find out which it may be.

use super::kind::Kind;
use super::numbers::Numbers;
use crate::error::Error;
use crate::given::{Inherit, listen_fds};
use crate::settings::Settings;

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one for each request, on the stack: a box would be an allocation")]
pub(super) enum Plan {
    /// The service manager passed sockets: these, or none.
    Inherit(Inherit),
    Numbers(Numbers),
}

impl Plan {
    /// For one socket of this kind, or for several on one number.
    pub(super) fn decide(settings: &Settings, kind: Option<Kind>) -> Result<Self, Error> {
        settings.check()?;
        if let Some(inherit) = &settings.inherit {
            if listen_fds::are_passed()? {
                return Ok(Self::Inherit(inherit.clone()));
            }
        }
        Numbers::decide(settings, kind).map(Self::Numbers)
    }
}
