use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socket2::Socket;

use super::draft::{Draft, Kind, port_of};
use super::event::{self, Event};
use super::search::{Number, Search};
use super::{decide, inherited, on_first_local_address, take};
use crate::{Error, ErrorKind, PortRequest, sys};

/// How many numbers the kernel may choose until one is free for every member.
const KERNEL_CHOICES: u32 = 100;

/// Several sockets that share one number: the first that is bound chooses it, the others follow.
#[derive(Debug)]
pub(crate) struct Group(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The sockets come from the service manager, and with them the number.
    inherited: bool,
    search: Search,
    chosen: Option<Chosen>,
    members: Vec<Member>,
    /// Of the members, for when all are bound.
    events: Vec<Event>,
    /// Somebody else has the chosen number where a member wants it.
    collided: bool,
}

/// What a socket takes of the number that is shared.
#[derive(Debug, Clone, Copy)]
struct Member {
    udp: bool,
    /// A hold is on every address.
    address: Option<IpAddr>,
}

#[derive(Debug)]
struct Chosen {
    number: Number,
    port: u16,
    /// Keeps the number from others until both families are bound.
    hold: Option<Socket>,
}

/// Lets `fill` bind all members with the request that it is given, again and again until one number is free for all.
pub(crate) fn together<M: Default>(
    request: &PortRequest,
    fill: impl Fn(&PortRequest, &mut M) -> Result<(), Error>,
) -> Result<M, Error> {
    let mut members = M::default();
    if request.group.is_some() {
        // A part of something bigger, which does the repeating.
        return fill(request, &mut members).map(|()| members);
    }
    request.check()?;
    let inherited = inherited(request)?.is_some();
    let request = if inherited { Cow::Borrowed(request) } else { decide(request)? };
    let group = Arc::new(Group::new(&request, inherited));
    let request = PortRequest { group: Some(Arc::clone(&group)), ..request.into_owned() };
    // Kept open, so that the kernel does not choose their numbers again.
    let mut losers = Vec::new();
    loop {
        let result = fill(&request, &mut members);
        let (events, next) = group.next_try();
        match (result, next) {
            (Ok(()), _) => {
                events.into_iter().for_each(Event::emit);
                return Ok(members);
            }
            (Err(error), None) => return Err(request.explain(error)),
            (Err(_), Some(number)) => {
                let loser = std::mem::take(&mut members);
                if let Number::Any = number {
                    losers.push(loser);
                }
            }
        }
    }
}

impl Group {
    fn new(request: &PortRequest, inherited: bool) -> Self {
        Self(Mutex::new(State {
            inherited,
            search: Search::new(request, KERNEL_CHOICES),
            chosen: None,
            members: Vec::new(),
            events: Vec::new(),
            collided: false,
        }))
    }

    /// Forgets what was chosen; tells of its members, and which number it was, if another one may do.
    fn next_try(&self) -> (Vec<Event>, Option<Number>) {
        let mut state = self.lock();
        state.members.clear();
        let events = std::mem::take(&mut state.events);
        let collided = std::mem::take(&mut state.collided);
        let chosen = state.chosen.take();
        (events, chosen.filter(|_| collided).map(|chosen| chosen.number))
    }

    /// One more socket on the number of the group.
    pub(super) fn join(&self, request: &PortRequest, kind: Kind) -> Result<(Socket, SocketAddr), Error> {
        let mut state = self.lock();
        if let (Some(inherit), true) = (&request.inherit, state.inherited) {
            let (socket, address) = take(inherit, kind, |address| state.fits(request, address))?;
            state.chosen = Some(Chosen { number: Number::Exact(address.port()), port: address.port(), hold: None });
            state.events.push(event::inherited(address));
            return Ok((socket, address));
        }
        on_first_local_address(request, |address| {
            let member = Member::new(kind, address.ip());
            if let Some(other) = state.members.iter().find(|other| other.overlaps(member)) {
                return Ok(Err(member.overlap(*other, &request.place(address))));
            }
            let mut draft = Draft::new(kind, address, request)?;
            let bound = match state.chosen {
                None => state.lead(&mut draft, request)?,
                Some(_) => state.follow(&mut draft)?,
            };
            Ok(match bound {
                Some(socket) => {
                    state.members.push(member);
                    if let Some(chosen) = &state.chosen {
                        let event = event::bound(&socket, address, request, chosen.number, &state.search);
                        state.events.push(event);
                    }
                    Ok((socket, address))
                }
                None if state.collided => {
                    let place = request.place(address);
                    Err(Error::new(ErrorKind::NoFreePort, format!("the chosen port is in use on {place}")))
                }
                None => Err(state.search.error(request, address)),
            })
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    fn new(kind: Kind, address: IpAddr) -> Self {
        Self { udp: kind == Kind::Datagram, address: (kind != Kind::Hold).then_some(address) }
    }

    fn overlaps(self, other: Self) -> bool {
        let same_address = self.address.is_none() || other.address.is_none() || self.address == other.address;
        self.udp == other.udp && same_address
    }

    fn overlap(self, other: Self, place: &str) -> Error {
        let protocol = if self.udp { "UDP" } else { "TCP" };
        let advice = if self.address.is_none() || other.address.is_none() {
            "a `ReservedPort` is on every address already, and has a method `listen`"
        } else {
            "take an array for different ports"
        };
        Error::invalid(format!("two {protocol} sockets on {place} cannot share one port; {advice}"))
    }
}

impl State {
    /// Whether an inherited socket goes with the others.
    fn fits(&self, request: &PortRequest, address: SocketAddr) -> Result<(), String> {
        if request.dual_stack {
            let wanted = request.addresses().map_err(|error| error.to_string())?;
            if wanted.as_slice().iter().all(|wanted| wanted.is_ipv4() != address.is_ipv4()) {
                return Err(format!("is on {address}, where the other address family is wanted"));
            }
        }
        match &self.chosen {
            Some(Chosen { port, .. }) if *port != address.port() => {
                Err(format!("is on {address}, and port {port} of the one before is wanted"))
            }
            _ => Ok(()),
        }
    }

    /// Chooses a number. Where the kernel chooses one for both families, it is asked for one that is free on both: a
    /// hold on every address, under which the members are bound.
    fn lead(&mut self, draft: &mut Draft, request: &PortRequest) -> io::Result<Option<Socket>> {
        let both_families = request.dual_stack && draft.kind == Kind::Listener && sys::LINUX;
        let found = self.search.run(|number| match number {
            Number::Any if both_families => draft.hold(request)?.bind(0),
            number => draft.attempt(number),
        })?;
        let Some((number, socket)) = found else { return Ok(None) };
        let port = port_of(&socket)?;
        if let (Number::Any, true) = (number, both_families) {
            self.chosen = Some(Chosen { number, port, hold: Some(socket) });
            return self.follow(draft);
        }
        self.chosen = Some(Chosen { number, port, hold: None });
        Ok(Some(socket))
    }

    fn follow(&mut self, draft: &mut Draft) -> io::Result<Option<Socket>> {
        let Some(Chosen { number, port, hold }) = &self.chosen else { return Ok(None) };
        let result = match number {
            Number::Exact(_) => draft.bind_shared(*port),
            _ if hold.is_some() => draft.bind_shared(*port),
            Number::Preferred(_) | Number::InRangeAgain(_) => draft.bind_past_time_wait(*port),
            Number::InRange(_) | Number::Any => draft.bind(*port),
        };
        match result {
            Ok(socket) => Ok(Some(socket)),
            Err(error) => {
                self.search.refuse(*number, error)?;
                self.collided = true;
                Ok(None)
            }
        }
    }
}
