use std::fmt;
use std::ops::{Range, RangeInclusive};

/// Consecutive ports, made from `8000..9000` or `8000..=8999`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PortRange {
    first: u16,
    /// The last one, or, of a range that was written without it, the one after.
    last: u16,
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
        Self { first: ports.start, last: ports.end, inclusive: false }
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
        let Self { first, last, inclusive } = *self;
        match self.numbers() {
            numbers if !numbers.is_empty() => write!(formatter, "{first}..={}", numbers.end - 1),
            _ if inclusive => write!(formatter, "{first}..={last}"),
            _ => write!(formatter, "{first}..{last}"),
        }
    }
}
