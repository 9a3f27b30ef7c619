//! One number for several sockets: the first that is bound chooses it, the others follow.

use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;

use socket2::Socket;

use super::binder::Binder;
use super::bound::Bound;
use super::candidate::{Candidate, Source, Way};
use super::inherit;
use super::kind::Kind;
use super::numbers::Numbers;
use super::socket::{at, occupy, port_of};
use crate::error::{Error, ErrorKind};
use crate::given::Inherit;
use crate::given::listen_fds::Claim;
use crate::host::Family;
use crate::refusal;
use crate::sys;
use crate::sys::sock_diag::Protocol;

/// The sockets that were bound so far.
#[derive(Debug, Default)]
pub(super) struct Group {
    chosen: Option<Chosen>,
    members: Vec<Member>,
    /// The inherited sockets among them. Dropped, they go back to where they were.
    claims: Vec<Claim>,
    /// Somebody else has the chosen number where a member wants it.
    collided: bool,
}

#[derive(Debug)]
pub(super) struct Chosen {
    candidate: Candidate,
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

impl Group {
    /// All are bound: what the service manager passed is theirs.
    pub(super) fn keep_claims(self) {
        self.claims.into_iter().for_each(Claim::keep);
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.members.iter().map(|member| member.address)
    }

    pub(super) fn candidate(&self) -> Option<Candidate> {
        self.chosen.as_ref().map(|chosen| chosen.candidate)
    }

    /// What was chosen in vain, if another number may do.
    pub(super) fn collided_on(self) -> Option<Chosen> {
        self.chosen.filter(|_| self.collided)
    }

    /// The next socket that was passed, if it goes with the others on the number that they share.
    pub(super) fn take(
        &mut self,
        inherit: &Inherit,
        number: Option<&OnceLock<u16>>,
        family: Option<Family>,
        kind: Kind,
    ) -> Result<Bound, Error> {
        let port = number.and_then(OnceLock::get).copied();
        let (claim, address) = inherit::claim(inherit, kind, |address| fits(address, port, family))?;
        let socket = claim.copy().map_err(refusal::not_set_up)?;
        if let Some(number) = number {
            number.get_or_init(|| address.port());
        }
        self.claims.push(claim);
        self.members.push(Member::new(kind, address));
        Ok(Bound { socket, host: at(address, 0), inherited: true, claim: None })
    }

    /// The outer result is about the address, the inner one about the number.
    pub(super) fn bind(
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
                    numbers.refuse(chosen.candidate, &binder, chosen.port, error)?;
                    self.collided = chosen.candidate.source != Source::Assigned;
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
        // Open until the end, so that the kernel does not choose their numbers again.
        let mut losers = Vec::new();
        loop {
            let found = numbers.choose(binder, |binder, candidate| match candidate.port {
                0 if on_both => Binder::new(Kind::HOLD, binder.wanted(), false, 0)?.bind(0, Way::Plain),
                port => binder.bind(port, candidate.way),
            })?;
            let Some((candidate, found)) = found else { return Ok(None) };
            let port = port_of(&found)?;
            let (socket, hold) = match candidate.port {
                0 if on_both => match binder.bind(port, Way::UnderNewHold) {
                    Ok(socket) => (socket, Some(found)),
                    // A hold keeps the kernel from choosing the number, and nobody from naming it.
                    Err(error) => {
                        numbers.refuse(candidate, binder, port, error)?;
                        losers.push(found);
                        continue;
                    }
                },
                _ => (found, None),
            };
            self.chosen = Some(Chosen { candidate, port, kind: binder.kind(), host: binder.wanted(), hold });
            return Ok(Some(socket));
        }
    }
}

impl Chosen {
    /// How the other members may bind the number.
    fn way(&self) -> Way {
        if self.hold.is_some() { Way::UnderNewHold } else { self.candidate.way }
    }

    /// Keeps a number that the kernel chose in vain from being chosen again.
    pub(super) fn occupy(self) -> Option<Socket> {
        let by_kernel = self.candidate.port == 0;
        let socket = || occupy(self.kind, at(self.host, self.port)).ok();
        self.hold.or_else(|| by_kernel.then(socket)?)
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

    /// Whether the two could not be on one number. That `::` is on every address of IPv4 too is for the system to say.
    fn overlaps(self, other: Self) -> bool {
        let (one, another) = (self.address.ip().to_canonical(), other.address.ip().to_canonical());
        let on_every_address = one.is_unspecified() || another.is_unspecified();
        let have_one_in_common = one == another || on_every_address && one.is_ipv4() == another.is_ipv4();
        self.protocol == other.protocol && (have_one_in_common || self.everywhere || other.everywhere)
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
