//! [`Ports`] from ranges and lists of Rust.

use std::ops::{Range, RangeInclusive};

use super::{Inner, Ports, Run};

/// Puts runs together that touch, and leaves out what was there before.
pub(super) struct Builder {
    /// A bit for each number.
    seen: [u64; 1024],
    runs: Vec<Run>,
    before: u16,
}

impl Builder {
    pub(super) const fn new() -> Self {
        Self { seen: [0; 1024], runs: Vec::new(), before: 0 }
    }

    pub(super) fn add(&mut self, ports: RangeInclusive<u16>) {
        for port in ports {
            let (word, bit) = (&mut self.seen[usize::from(port / 64)], 1 << (port % 64));
            if *word & bit != 0 {
                continue;
            }
            *word |= bit;
            match self.runs.last_mut() {
                Some(run) if run.last.checked_add(1) == Some(port) => run.last = port,
                _ => self.runs.push(Run { first: port, last: port, before: self.before }),
            }
            // It wraps where all 65536 have been seen: none is to come.
            self.before = self.before.wrapping_add(1);
        }
    }

    pub(super) fn build(self) -> Ports {
        Ports(match self.runs.as_slice() {
            [run] => Inner::Run(*run),
            _ => Inner::List(self.runs.into()),
        })
    }
}

fn run(first: u16, last: u16) -> Ports {
    Ports(Inner::Run(Run { first, last, before: 0 }))
}

impl From<Range<u16>> for Ports {
    fn from(Range { start, end }: Range<u16>) -> Self {
        if start < end { run(start, end - 1) } else { Self(Inner::Void { start, end, inclusive: false }) }
    }
}

impl From<RangeInclusive<u16>> for Ports {
    /// One that was iterated to its end is empty.
    fn from(ports: RangeInclusive<u16>) -> Self {
        let (start, end) = (*ports.start(), *ports.end());
        match (ports.is_empty(), start <= end) {
            (false, _) => run(start, end),
            (true, true) => (start..start).into(),
            (true, false) => Self(Inner::Void { start, end, inclusive: true }),
        }
    }
}

impl From<&[u16]> for Ports {
    fn from(ports: &[u16]) -> Self {
        let mut list = Builder::new();
        for port in ports {
            list.add(*port..=*port);
        }
        list.build()
    }
}

impl<const N: usize> From<[u16; N]> for Ports {
    fn from(ports: [u16; N]) -> Self {
        ports.as_slice().into()
    }
}

impl<const N: usize> From<&[u16; N]> for Ports {
    fn from(ports: &[u16; N]) -> Self {
        ports.as_slice().into()
    }
}

impl From<Vec<u16>> for Ports {
    fn from(ports: Vec<u16>) -> Self {
        ports.as_slice().into()
    }
}

impl From<&Ports> for Ports {
    fn from(ports: &Ports) -> Self {
        ports.clone()
    }
}
