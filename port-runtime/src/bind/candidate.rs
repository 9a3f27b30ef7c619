//! Which number next: the ones that a request allows, each with where it comes from and how it may be bound.

use std::ops::RangeInclusive;

use crate::order::Walk;
use crate::ports::Ports;
use crate::settings::Settings;

/// A number to try; 0 leaves the choice to the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) port: u16,
    pub(super) source: Source,
    pub(super) way: Way,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Somebody decided on this one and no other.
    Assigned,
    Preferred,
    Range,
    /// Of the range once more, when all of it was refused.
    RangeAgain,
    Kernel,
}

/// How a number that is in use may be bound all the same. Only a listener makes use of it, and only on Linux, where the
/// kernel says who has the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Not at all.
    Plain,
    /// Where nothing but the connections of an earlier server has it.
    PastConnections,
    /// Also where somebody seems to hold it for others: a harness gives its child the number that it reserved.
    UnderHold,
    /// Under a hold of our own, also where nobody can be asked. Whoever was given the number may be about to listen.
    UnderOwnHold,
    /// Under a hold that was made just now, on a number that nobody knows: nobody is asked.
    UnderNewHold,
}

/// How often a range is gone through again of which all numbers were refused. Somebody who takes one after the other, in
/// step with the search, is in the way of each just when it is tried.
const LOOKS_AGAIN: u32 = 3;

/// Goes through the numbers that a request allows.
#[derive(Debug)]
pub(super) struct Candidates {
    /// The address was refused, not the number: it is for the next address.
    returned: Option<Candidate>,
    first: Option<Candidate>,
    range: Option<Range>,
    /// How often the kernel may still choose.
    kernel_choices: u32,
    except: Option<Ports>,
}

#[derive(Debug)]
struct Range {
    ports: Ports,
    way: Way,
    walk: Walk,
    rest: Walk,
    looks_again: u32,
    /// Set when it is looked at again: the numbers, in order, at which that would be in vain.
    skip: Option<Vec<u16>>,
}

impl Candidates {
    /// One number that somebody decided on; with 0 the kernel chooses.
    pub(super) fn assigned(port: u16, way: Way, settings: &Settings, kernel_choices: u32) -> Self {
        let (first, kernel_choices) = match port {
            0 => (None, kernel_choices),
            port => (Some(Candidate { port, source: Source::Assigned, way }), 0),
        };
        Self { returned: None, first, range: None, kernel_choices, except: settings.except.clone() }
    }

    /// The preferred number, then the range, or else the kernel's choice.
    pub(super) fn allowed(settings: &Settings, kernel_choices: u32) -> Self {
        let preferred = |port| Candidate { port, source: Source::Preferred, way: Way::PastConnections };
        let range = settings.range.clone().map(|ports| Range::new(ports, settings));
        Self {
            returned: None,
            first: settings.prefer.map(preferred),
            kernel_choices: if range.is_some() { 0 } else { kernel_choices },
            range,
            except: settings.except.clone(),
        }
    }

    pub(super) fn next(&mut self) -> Option<Candidate> {
        if let Some(candidate) = self.returned.take() {
            return Some(candidate);
        }
        if let Some(candidate) = self.first.take().filter(|candidate| !self.is_excepted(candidate.port)) {
            return Some(candidate);
        }
        if let Some(range) = &mut self.range {
            let except = self.except.as_ref();
            return range.next(|port| except.is_some_and(|except| except.contains(port)));
        }
        self.kernel_choices = self.kernel_choices.checked_sub(1)?;
        Some(Candidate { port: 0, source: Source::Kernel, way: Way::Plain })
    }

    pub(super) fn put_back(&mut self, candidate: Candidate) {
        self.returned = Some(candidate);
    }

    /// The kernel has nothing left.
    pub(super) fn give_up_kernel(&mut self) {
        self.kernel_choices = 0;
    }

    /// Whether it is a number that must never be taken.
    pub(super) fn is_excepted(&self, port: u16) -> bool {
        self.except.as_ref().is_some_and(|except| except.contains(port))
    }

    pub(super) fn except(&self) -> Option<&Ports> {
        self.except.as_ref()
    }

    pub(super) fn range(&self) -> Option<&Ports> {
        self.range.as_ref().map(|range| &range.ports)
    }

    /// When the range is used up: where its numbers lie, if they are worth another look. The answer is for
    /// [`look_again`](Self::look_again).
    pub(super) fn another_look(&mut self) -> Option<RangeInclusive<u16>> {
        let range = self.range.as_mut()?;
        range.looks_again = range.looks_again.checked_sub(1)?;
        range.rest = range.walk.clone();
        // Past the connections of earlier servers, and faster than anybody, by turns.
        range.way = if range.way == Way::Plain { Way::PastConnections } else { Way::Plain };
        Some(range.ports.bounds())
    }

    /// Begins the other look, past the numbers that are known to be somebody's.
    pub(super) fn look_again(&mut self, held: Vec<u16>) {
        if let Some(range) = &mut self.range {
            range.skip = Some(held);
        }
    }
}

impl Range {
    fn new(ports: Ports, settings: &Settings) -> Self {
        let walk = settings.order.walk(ports.len());
        // A stable number stays the same past the connections of an earlier run, or every restart would move on.
        let way = if settings.order.is_stable() { Way::PastConnections } else { Way::Plain };
        Self { ports, way, rest: walk.clone(), walk, looks_again: LOOKS_AGAIN, skip: None }
    }

    fn next(&mut self, is_excepted: impl Fn(u16) -> bool) -> Option<Candidate> {
        let Self { ports, rest, skip, .. } = self;
        let is_skipped = |port| skip.as_ref().is_some_and(|skip| skip.binary_search(&port).is_ok());
        let port = rest.map(|index| ports.get(index)).find(|&port| !is_excepted(port) && !is_skipped(port))?;
        let source = if self.skip.is_some() { Source::RangeAgain } else { Source::Range };
        Some(Candidate { port, source, way: self.way })
    }
}
