//! Several sockets that share one number, or are had together or not at all. The request that a member is given carries a
//! [`Membership`]; whatever binds through it joins the plan of the whole.
//!
//! Called by `request`, which repeats nothing itself: what is tried again, and why, is decided here. No code of the user's
//! runs while a session is locked, so a member may bind from several threads, and make tuples of its own.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::address::first_local;
use super::bound::Bound;
use super::event;
use super::kind::Kind;
use super::plan::Plan;
use super::shared_port::Group;
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
    /// That of the passed sockets which have to share one, once the first is taken; `None` where each has its own.
    number: Option<Arc<OnceLock<u16>>>,
}

/// What the members have in common while they are bound; `None` when that is over.
#[derive(Debug)]
struct Session(Mutex<Option<State>>);

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
    let mut plan = match Plan::decide(settings, None)? {
        Plan::Inherit(inherit) => {
            return inherit_all(&inherit, |member| fill(member.on_one_number()));
        }
        plan @ Plan::Numbers(_) => plan,
    };
    // Open until the end, so that the kernel does not choose their numbers again.
    let mut losers = Vec::new();
    loop {
        let attempt = Attempt::begin(plan);
        let result = fill(attempt.membership());
        let state = attempt.end();
        match result {
            Ok(members) => {
                state.settle(settings);
                return Ok(members);
            }
            Err(error) => {
                losers.extend(state.group.collided_on().ok_or(error)?.occupy());
                plan = state.plan;
            }
        }
    }
}

/// Lets `fill` bind all members, each on a number of its own. Inherited sockets are had by all or by none.
pub(crate) fn all_or_none<T>(
    settings: &Settings,
    mut fill: impl FnMut(Option<Membership>) -> Result<T, Error>,
) -> Result<T, Error> {
    match &settings.inherit {
        Some(inherit) if listen_fds::are_passed()? => inherit_all(inherit, |member| fill(Some(member))),
        _ => fill(None),
    }
}

fn inherit_all<T>(inherit: &Inherit, mut fill: impl FnMut(Membership) -> Result<T, Error>) -> Result<T, Error> {
    listen_fds::claiming(|| {
        let attempt = Attempt::begin(Plan::Inherit(inherit.clone()));
        let members = fill(attempt.membership())?;
        attempt.end().settle(&Settings::NONE);
        Ok(members)
    })
}

impl Membership {
    /// Whether what binds with these settings is part of the whole, and the whole is being bound.
    pub(crate) fn takes_in(&self, settings: &Settings) -> bool {
        self.session
            .upgrade()
            .is_some_and(|session| session.lock().as_ref().is_some_and(|it| self.is_for(it, settings)))
    }

    /// One more socket of the whole, as long as that is being bound and takes it in.
    pub(super) fn join(&self, settings: &Settings, kind: Kind) -> Option<Result<Bound, Error>> {
        let session = self.session.upgrade()?;
        let mut state = session.lock();
        let state = state.as_mut().filter(|state| self.is_for(state, settings))?;
        Some(state.join(self, settings, kind))
    }

    /// Of passed sockets with a number each, a member may want none. Who shares a number has to take one.
    fn is_for(&self, state: &State, settings: &Settings) -> bool {
        self.number.is_some() || settings.inherit.is_some() || matches!(state.plan, Plan::Numbers(_))
    }

    pub(crate) fn of_family(self, family: Family) -> Self {
        Self { family: Some(family), ..self }
    }

    /// The same for a tuple among members that have a number each.
    pub(crate) fn on_one_number(self) -> Self {
        Self { number: Some(self.number.unwrap_or_default()), ..self }
    }
}

/// One attempt to bind all members. When it has ended, be it by a panic in a member, a thread that a member has left
/// behind binds for itself: what was promised of the whole is settled by then.
struct Attempt(Arc<Session>);

impl Attempt {
    fn begin(plan: Plan) -> Self {
        Self(Arc::new(Session(Mutex::new(Some(State { plan, group: Group::default() })))))
    }

    fn membership(&self) -> Membership {
        Membership { session: Arc::downgrade(&self.0), family: None, number: None }
    }

    fn end(self) -> State {
        let state = self.0.lock().take();
        match state {
            Some(state) => state,
            None => unreachable!("an attempt ends once"),
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let unfinished = self.0.lock().take();
        drop(unfinished);
    }
}

impl Session {
    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// All members are bound: what they were given is theirs.
    fn settle(self, settings: &Settings) {
        let Self { plan, group } = self;
        for address in group.addresses() {
            match (&plan, group.candidate()) {
                (Plan::Numbers(numbers), Some(candidate)) => {
                    event::bound(|| address, numbers.source(candidate), || numbers.passed_over(settings));
                }
                _ => event::inherited(address),
            }
        }
        group.keep_claims();
    }

    fn join(&mut self, member: &Membership, settings: &Settings, kind: Kind) -> Result<Bound, Error> {
        let Self { plan, group } = self;
        match plan {
            Plan::Inherit(inherit) => {
                let inherit = settings.inherit.as_ref().unwrap_or(inherit);
                group.take(inherit, member.number.as_deref(), member.family, kind)
            }
            Plan::Numbers(numbers) => {
                let addresses = numbers.addresses(settings, member.family)?;
                let bound = first_local(addresses.as_slice(), |host| {
                    group.bind(numbers, settings.backlog(), (kind, host, member.family.is_some()))
                });
                bound.map_err(|(host, error)| numbers.address_error(host, &error))?
            }
        }
    }
}
