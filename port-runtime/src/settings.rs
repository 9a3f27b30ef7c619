//! What was asked for: plain data, filled in by `request` and read once by `bind`. It decides nothing.

use std::borrow::Cow;
use std::time::Duration;

use crate::error::Error;
use crate::given::Inherit;
use crate::host::Host;
use crate::order::Order;
use crate::ports::Ports;

/// The options of a request; what is `None` or `false` was not asked for.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) inherit: Option<Inherit>,
    pub(crate) port: Option<u16>,
    pub(crate) env: Option<Cow<'static, str>>,
    pub(crate) port_server: bool,
    pub(crate) prefer: Option<u16>,
    pub(crate) range: Option<Ports>,
    pub(crate) order: Order,
    pub(crate) except: Option<Ports>,
    pub(crate) host: Option<Host>,
    pub(crate) backlog: Option<u32>,
    pub(crate) timeout: Option<Duration>,
}

impl Settings {
    pub(crate) const NONE: Self = Self {
        inherit: None,
        port: None,
        env: None,
        port_server: false,
        prefer: None,
        range: None,
        order: Order::lowest(),
        except: None,
        host: None,
        backlog: None,
        timeout: None,
    };

    /// Whether they make sense by themselves.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.range.as_ref().map_or(Ok(()), Ports::check)?;
        self.except.as_ref().map_or(Ok(()), Ports::check_excepted)?;
        if self.prefer == Some(0) {
            return Err(Error::invalid("0 is no port to prefer; leave it out and the kernel chooses"));
        }
        if self.timeout == Some(Duration::ZERO) {
            return Err(Error::invalid("a timeout of zero would mean none at all; leave it out or give a longer one"));
        }
        Ok(())
    }

    /// As std has it, and in the type that the system wants.
    pub(crate) fn backlog(&self) -> i32 {
        self.backlog.map_or(128, |connections| i32::try_from(connections).unwrap_or(i32::MAX))
    }
}
