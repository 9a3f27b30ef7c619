//! Several sockets that share one number, or are had together or not at all. The request that a member is given carries a
//! [`Membership`]; whatever binds through it joins the plan of the whole.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::address::first_local;
use super::bound::Bound;
use super::event;
use super::kind::Kind;
use super::plan::Plan;
use super::shared_port::{Chosen, Group};
use crate::error::Error;
use crate::given::Inherit;
use crate::given::listen_fds;
use crate::host::Family;
use crate::settings::Settings;

/// What makes a request one of a member. It holds nothing: once the whole is bound, or given up, it means nothing.
#[derive(Debug, Clone)]
pub(crate) struct Membership {
    session: Weak<Session>,
    family: Option<Family>,
}

/// What the members have in common while they are bound.
#[derive(Debug)]
pub(crate) struct Session(Mutex<State>);

#[derive(Debug)]
struct State {
    plan: Plan,
    group: Group,
}

/// Lets `fill` bind all members on one number, again and again until one is free for all of them.
pub(crate) fn on_one_number<T>(
    settings: &Settings,
    mut fill: impl FnMut(Membership) -> Result<T, Error>,
) -> Result<T, Error> {
    let session = match Plan::decide(settings, None)? {
        Plan::Inherit(inherit) => return inherit_all(&inherit, true, fill),
        plan @ Plan::Numbers(_) => Session::new(plan, true),
    };
    // Open until the end, so that the kernel does not choose their numbers again.
    let mut losers = Vec::new();
    loop {
        match fill(session.membership()) {
            Ok(members) => return Ok(session.complete(settings, members)),
            Err(error) => losers.extend(session.next_try().ok_or(error)?.occupy()),
        }
    }
}

/// Lets `fill` bind all members, each on a number of its own. Inherited sockets are had by all or by none.
pub(crate) fn all_or_none<T>(
    settings: &Settings,
    mut fill: impl FnMut(Option<Membership>) -> Result<T, Error>,
) -> Result<T, Error> {
    match &settings.inherit {
        Some(inherit) if listen_fds::are_passed()? => inherit_all(inherit, false, |member| fill(Some(member))),
        _ => fill(None),
    }
}

fn inherit_all<T>(
    inherit: &Inherit,
    one_number: bool,
    mut fill: impl FnMut(Membership) -> Result<T, Error>,
) -> Result<T, Error> {
    listen_fds::claiming(|| {
        let session = Session::new(Plan::Inherit(inherit.clone()), one_number);
        let members = fill(session.membership())?;
        Ok(session.complete(&Settings::NONE, members))
    })
}

impl Membership {
    /// The session, as long as it goes on, and which of two families is wanted.
    pub(super) fn session(&self) -> Option<(Arc<Session>, Option<Family>)> {
        Some((self.session.upgrade()?, self.family))
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.session.strong_count() > 0
    }

    pub(crate) fn of_family(self, family: Family) -> Self {
        Self { family: Some(family), ..self }
    }
}

impl Session {
    fn new(plan: Plan, one_number: bool) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { plan, group: Group::new(one_number) })))
    }

    fn membership(self: &Arc<Self>) -> Membership {
        Membership { session: Arc::downgrade(self), family: None }
    }

    /// All members are bound: what they were given is theirs.
    fn complete<T>(self: Arc<Self>, settings: &Settings, members: T) -> T {
        let State { plan, group } = &mut *self.lock();
        group.keep_claims();
        for address in group.addresses() {
            match (&*plan, group.candidate()) {
                (Plan::Numbers(numbers), Some(candidate)) => {
                    event::bound(|| address, numbers.source(candidate), || numbers.passed_over(settings));
                }
                _ => event::inherited(address),
            }
        }
        members
    }

    /// Forgets what was chosen; tells what it was, if another number may do.
    fn next_try(&self) -> Option<Chosen> {
        self.lock().group.next_try()
    }

    /// One more socket, on the number of all.
    pub(super) fn join(&self, settings: &Settings, family: Option<Family>, kind: Kind) -> Result<Bound, Error> {
        let mut state = self.lock();
        let State { plan, group } = &mut *state;
        match plan {
            Plan::Inherit(inherit) => group.take(settings.inherit.as_ref().unwrap_or(inherit), family, kind),
            Plan::Numbers(numbers) => {
                let addresses = numbers.addresses(settings, family)?;
                let bound = first_local(addresses.as_slice(), |host| {
                    group.bind(numbers, settings.backlog(), (kind, host, family.is_some()))
                });
                bound.map_err(|(host, error)| numbers.address_error(host, &error))?
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
