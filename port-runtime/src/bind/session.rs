//! Several sockets that share one number, or are had together or not at all. The request that a member is given carries a
//! [`Membership`]; whatever binds through it joins the plan of the whole.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use socket2::Socket;

use super::binder::{self, Binder, at, port_of};
use super::candidate::{Candidate, Source, Way};
use super::kind::Kind;
use super::plan::{Numbers, Plan};
use super::{Bound, event, first_local_address, inherit};
use crate::error::{Error, ErrorKind};
use crate::given::Inherit;
use crate::given::listen_fds::{self, Claim};
use crate::host::Family;
use crate::settings::Settings;
use crate::sys;
use crate::sys::sock_diag::Protocol;

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

/// The sockets that were bound so far.
#[derive(Debug)]
struct Group {
    /// All have to be on one number.
    one_number: bool,
    chosen: Option<Chosen>,
    members: Vec<Member>,
    /// The inherited sockets among them. Dropped, they go back to where they were.
    claims: Vec<Claim>,
    /// Somebody else has the chosen number where a member wants it.
    collided: bool,
}

#[derive(Debug)]
struct Chosen {
    /// `None` of an inherited number.
    candidate: Option<Candidate>,
    port: u16,
    /// Who chose it.
    kind: Kind,
    host: SocketAddr,
    /// Keeps the number from others until both families are bound.
    hold: Option<Socket>,
}

/// What a socket takes of the number that is shared.
#[derive(Debug, Clone, Copy)]
struct Member {
    protocol: Protocol,
    address: SocketAddr,
    everywhere: bool,
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
        let group = Group { one_number, chosen: None, members: Vec::new(), claims: Vec::new(), collided: false };
        Arc::new(Self(Mutex::new(State { plan, group })))
    }

    fn membership(self: &Arc<Self>) -> Membership {
        Membership { session: Arc::downgrade(self), family: None }
    }

    /// All members are bound: what they were given is theirs.
    fn complete<T>(self: Arc<Self>, settings: &Settings, members: T) -> T {
        let State { plan, group } = &mut *self.lock();
        group.claims.drain(..).for_each(Claim::keep);
        for member in &group.members {
            match (&*plan, group.chosen.as_ref().and_then(|chosen| chosen.candidate)) {
                (Plan::Numbers(numbers), Some(candidate)) => {
                    event::bound(|| member.address, numbers.source(candidate), || numbers.passed_over(settings));
                }
                _ => event::inherited(member.address),
            }
        }
        members
    }

    /// Forgets what was chosen; tells what it was, if another number may do.
    fn next_try(&self) -> Option<Chosen> {
        let group = &mut self.lock().group;
        group.members.clear();
        let collided = std::mem::take(&mut group.collided);
        group.chosen.take().filter(|_| collided)
    }

    /// One more socket, on the number of all.
    pub(super) fn join(&self, settings: &Settings, family: Option<Family>, kind: Kind) -> Result<Bound, Error> {
        let mut state = self.lock();
        let State { plan, group } = &mut *state;
        match plan {
            Plan::Inherit(inherit) => group.take(settings.inherit.as_ref().unwrap_or(inherit), family, kind),
            Plan::Numbers(numbers) => {
                let addresses = numbers.addresses(settings, family)?;
                let bound = first_local_address(addresses.as_slice(), |host| {
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

impl Group {
    /// The next socket that was passed, if it goes with the others.
    fn take(&mut self, inherit: &Inherit, family: Option<Family>, kind: Kind) -> Result<Bound, Error> {
        let port = self.chosen.as_ref().filter(|_| self.one_number).map(|chosen| chosen.port);
        let (claim, address) = inherit::claim(inherit, kind, |address| fits(address, port, family))?;
        let socket = claim.copy().map_err(Error::set_up)?;
        self.claims.push(claim);
        self.members.push(Member::new(kind, address));
        let (host, port) = (at(address, 0), address.port());
        self.chosen = Some(Chosen { candidate: None, port, kind, host, hold: None });
        Ok(Bound { socket, host, inherited: true, claim: None })
    }

    /// The outer result is about the address, the inner one about the number.
    fn bind(
        &mut self,
        numbers: &mut Numbers,
        backlog: i32,
        (kind, host, one_of_two): (Kind, SocketAddr, bool),
    ) -> io::Result<Result<Bound, Error>> {
        let member = Member::new(kind, host);
        if let Some(other) = self.members.iter().find(|other| other.overlaps(member)) {
            return Ok(Err(member.overlap(*other, &numbers.place(host))));
        }
        let mut binder = Binder::new(kind, host, one_of_two, backlog)?;
        let socket = match &self.chosen {
            None => self.lead(numbers, &mut binder, one_of_two)?,
            Some(chosen) => match binder.bind(chosen.port, chosen.way()) {
                Ok(socket) => Some(socket),
                Err(error) => {
                    let Some(candidate) = chosen.candidate else { return Err(error) };
                    numbers.refuse(candidate, &binder, chosen.port, error)?;
                    self.collided = candidate.source != Source::Assigned;
                    None
                }
            },
        };
        Ok(match (socket, &self.chosen) {
            (Some(socket), Some(chosen)) => {
                self.members.push(Member { address: at(host, chosen.port), ..member });
                Ok(Bound { socket, host, inherited: false, claim: None })
            }
            (_, Some(chosen)) if self.collided => Err(Error::new(
                ErrorKind::NoFreePort,
                format!("port {}, which was chosen for all, is in use on {}", chosen.port, numbers.place(host)),
            )),
            _ => Err(numbers.error(kind, host)),
        })
    }

    /// Chooses a number. Where the kernel chooses one for both families, it is asked for one that is free on both: a hold
    /// on every address, under which the members are bound.
    fn lead(&mut self, numbers: &mut Numbers, binder: &mut Binder, one_of_two: bool) -> io::Result<Option<Socket>> {
        let on_both = one_of_two && binder.kind().listens && sys::LINUX;
        let found = numbers.choose(binder, |binder, candidate| match candidate.port {
            0 if on_both => Binder::new(Kind::HOLD, binder.wanted(), false, 0)?.bind(0, Way::Plain),
            port => binder.bind(port, candidate.way),
        })?;
        let Some((candidate, socket)) = found else { return Ok(None) };
        let port = port_of(&socket)?;
        let (socket, hold) = match candidate.port {
            0 if on_both => (binder.bind(port, Way::UnderOwnHold)?, Some(socket)),
            _ => (socket, None),
        };
        let (kind, host) = (binder.kind(), binder.wanted());
        self.chosen = Some(Chosen { candidate: Some(candidate), port, kind, host, hold });
        Ok(Some(socket))
    }
}

impl Chosen {
    /// How the other members may bind the number.
    fn way(&self) -> Way {
        match (&self.hold, self.candidate) {
            (Some(_), _) => Way::UnderOwnHold,
            (None, Some(candidate)) => candidate.way,
            (None, None) => Way::Plain,
        }
    }

    /// Keeps a number that the kernel chose in vain from being chosen again.
    fn occupy(self) -> Option<Socket> {
        let by_kernel = self.candidate.is_some_and(|candidate| candidate.port == 0);
        let occupy = || binder::occupy(self.kind, at(self.host, self.port)).ok();
        self.hold.or_else(|| by_kernel.then(occupy)?)
    }
}

/// Whether an inherited socket goes with the others.
fn fits(address: SocketAddr, port: Option<u16>, family: Option<Family>) -> Result<(), String> {
    if family.is_some_and(|family| family != Family::of(address)) {
        return Err(format!("is on {address}, where the other address family is wanted"));
    }
    match port {
        Some(port) if port != address.port() => {
            Err(format!("is on {address}, and port {port} of the one before is wanted"))
        }
        _ => Ok(()),
    }
}

impl Member {
    fn new(kind: Kind, address: SocketAddr) -> Self {
        Self { protocol: kind.protocol, address, everywhere: kind.holds }
    }

    fn ip(self) -> Option<IpAddr> {
        (!self.everywhere).then_some(self.address.ip())
    }

    fn overlaps(self, other: Self) -> bool {
        let same_address = self.ip().is_none() || other.ip().is_none() || self.ip() == other.ip();
        self.protocol == other.protocol && same_address
    }

    fn overlap(self, other: Self, place: &str) -> Error {
        let protocol = match self.protocol {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
        };
        let advice = if self.everywhere || other.everywhere {
            "a `ReservedPort` is on every address already, and has a method `listen`"
        } else {
            "take an array for different ports"
        };
        Error::invalid(format!("two {protocol} sockets on {place} cannot share one port; {advice}"))
    }
}
