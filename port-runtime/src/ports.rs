use std::fmt;
use std::ops::{Range, RangeInclusive};

/// Consecutive ports, made from `8000..9000` or `8000..=8999`, which are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PortRange {
    first: u16,
    last: u16,
    /// Only a range without a port keeps the end that is no part of it.
    inclusive: bool,
}

impl PortRange {
    /// Wider than a port, since a range that goes to the top ends at 65536.
    #[inline]
    pub(crate) fn numbers(self) -> Range<u32> {
        self.first.into()..u32::from(self.last) + u32::from(self.inclusive)
    }
}

impl From<Range<u16>> for PortRange {
    fn from(ports: Range<u16>) -> Self {
        match ports.end.checked_sub(1) {
            Some(last) if ports.start <= last => (ports.start..=last).into(),
            _ => Self { first: ports.start, last: ports.end, inclusive: false },
        }
    }
}

impl From<RangeInclusive<u16>> for PortRange {
    fn from(ports: RangeInclusive<u16>) -> Self {
        Self { first: *ports.start(), last: *ports.end(), inclusive: true }
    }
}

impl fmt::Display for PortRange {
    /// With both ends, however it was written; one without ports, as it was.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, inclusive } = self;
        write!(formatter, "{first}{}{last}", if *inclusive { "..=" } else { ".." })
    }
}
