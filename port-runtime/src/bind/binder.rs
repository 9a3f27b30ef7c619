//! One socket of one kind for one address, which goes from number to number until one is had. Knows nothing of requests.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use socket2::Socket;

use super::candidate::Way;
use super::kind::Kind;
use super::rivals::{self, Rivals};
use super::socket::{address_of, at, open, port_of};
use crate::sys;

/// How often a number is tried again that another one of us may be about to let go.
const TRIES: u32 = 6;

/// A socket on its way to a number.
#[derive(Debug)]
pub(super) struct Binder {
    kind: Kind,
    /// Where the number is wanted; its port is 0.
    wanted: SocketAddr,
    /// Where the socket is bound: for a hold, on every address.
    bound: SocketAddr,
    /// `IPV6_V6ONLY`, where it is not left to the system.
    only_v6: Option<bool>,
    backlog: i32,
    /// Open, and not yet bound. One socket serves for a whole range.
    spare: Option<Socket>,
}

impl Binder {
    /// Opens the socket, so that what is wrong with the address is known before any number is tried.
    pub(super) fn new(kind: Kind, wanted: SocketAddr, only_v6: bool, backlog: i32) -> io::Result<Self> {
        let (bound, only_v6) = if kind.holds && sys::LINUX {
            (SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)), Some(false))
        } else {
            (wanted, only_v6.then_some(true))
        };
        let mut binder = Self { kind, wanted, bound, only_v6, backlog, spare: None };
        binder.spare = Some(binder.socket()?);
        Ok(binder)
    }

    /// Binds the number; 0 is the kernel's choice. A plain bind comes first, whatever else is allowed: where it succeeds,
    /// nobody else has the number, and nobody has to be asked.
    pub(super) fn bind(&mut self, port: u16, way: Way) -> io::Result<Socket> {
        if !self.kind.listens {
            return self.bind_plainly(port);
        }
        match way {
            Way::Plain => self.bind_plainly(port),
            Way::UnderNewHold => self.share(port, |_| Ok(())),
            Way::PastConnections | Way::UnderHold | Way::UnderOwnHold => match self.bind_plainly(port) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => self.bind_beside(port, way, error),
                result => result,
            },
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// Where the number is wanted, port 0.
    pub(super) fn wanted(&self) -> SocketAddr {
        self.wanted
    }

    /// Where another look at a range would be in vain: the numbers at which somebody listens or holds, in order.
    /// `None` where the system does not tell.
    pub(super) fn held(&self, ports: RangeInclusive<u16>) -> io::Result<Option<Vec<u16>>> {
        // Where it is left to the system, a setting (`bindv6only`) decides.
        let by_system = || self.spare.as_ref().is_some_and(|socket| socket.only_v6().unwrap_or(false));
        let only_v6 = self.only_v6.unwrap_or_else(|| self.bound.is_ipv6() && by_system());
        rivals::held(ports, self.wanted, only_v6)
    }

    /// `SO_REUSEADDR` comes last, so that nobody shares the number on the way. With it a server can be restarted on the
    /// port while old connections are in `TIME_WAIT`, and a hold lets a server listen.
    fn bind_plainly(&mut self, port: u16) -> io::Result<Socket> {
        let socket = self.socket()?;
        if let Err(error) = socket.bind(&at(self.bound, port).into()) {
            // A failed `bind` changes nothing about the socket, on Linux.
            self.spare = sys::LINUX.then_some(socket);
            return Err(error);
        }
        if self.kind.listens {
            // If this fails, the socket is closed and not used again: its next `bind` would give EINVAL.
            socket.listen(self.backlog)?;
        }
        if self.kind.holds && sys::LINUX {
            self.check_local(&socket)?;
        }
        if (self.kind.listens || self.kind.holds) && sys::LINUX {
            socket.set_reuse_address(true)?;
        }
        Ok(socket)
    }

    /// Binds a number that somebody has, unless that is a socket. `in_use` is what the system said of it.
    fn bind_beside(&mut self, port: u16, way: Way, in_use: io::Error) -> io::Result<Socket> {
        if !sys::LINUX {
            // Nobody can be asked. A number that was assigned is taken as std takes it; on Windows the option would let
            // us take the port from anybody.
            let like_std = cfg!(unix) && way != Way::PastConnections;
            return if like_std { self.share(port, |_| Ok(())) } else { Err(in_use) };
        }
        let (mut seen, mut looks) = (Vec::new(), 0);
        for attempt in 0..TRIES {
            let mut rivals = Rivals::None;
            let mut guard = None;
            let result = self.share(port, |socket| {
                rivals = rivals::beside(socket)?;
                match &rivals {
                    Rivals::None => Ok(()),
                    Rivals::Some { holds: true, .. } | Rivals::Unseen if way != Way::PastConnections => Ok(()),
                    Rivals::Unknown if way == Way::UnderOwnHold => Ok(()),
                    Rivals::Unseen => rivals::keep_holds_away(address_of(socket)?).map(|probe| guard = Some(probe)),
                    Rivals::Some { .. } | Rivals::Unknown => Err(io::ErrorKind::AddrInUse.into()),
                }
            });
            // It has kept holds away until we listen.
            drop(guard);
            match (result, rivals) {
                (Ok(socket), _) => return Ok(socket),
                (Err(error), _) if error.kind() != io::ErrorKind::AddrInUse => return Err(error),
                // Two of us at once see each other, and both step back; on every address, each looks like a hold. Whoever is
                // still there after two pauses stays: on a busy machine one of us may stand still for longer than one.
                (Err(_), Rivals::Some { inodes, .. }) if inodes != seen || looks < 2 => {
                    looks = if inodes == seen { looks + 1 } else { 1 };
                    seen = inodes;
                    rivals::step_aside(attempt);
                }
                (Err(_), _) => break,
            }
        }
        Err(in_use)
    }

    /// Binds with `SO_REUSEADDR`: the kernel itself refuses to share with a listener. Everybody else is for `inspect`,
    /// which is asked when the number is bound, and before it is listened on: who comes later sees us.
    fn share(&mut self, port: u16, inspect: impl FnOnce(&Socket) -> io::Result<()>) -> io::Result<Socket> {
        let socket = self.socket()?;
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        if let Err(error) = socket.bind(&at(self.bound, port).into()) {
            if sys::LINUX {
                socket.set_reuse_address(false)?;
                self.spare = Some(socket);
            }
            return Err(error);
        }
        inspect(&socket)?;
        socket.listen(self.backlog)?;
        Ok(socket)
    }

    /// The spare one, or a new one.
    fn socket(&mut self) -> io::Result<Socket> {
        if let Some(socket) = self.spare.take() {
            return Ok(socket);
        }
        let socket = match open(self.kind, self.bound) {
            // IPv6 is missing, or a sandbox refuses it: the hold on every IPv4 address does.
            Err(error) if self.only_v6 == Some(false) && self.bound.is_ipv6() && !sys::is_descriptor_limit(&error) => {
                self.bound = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
                open(self.kind, self.bound).map_err(|_| error)?
            }
            result => result?,
        };
        if let (Some(only), true) = (self.only_v6, self.bound.is_ipv6()) {
            socket.set_only_v6(only)?;
        }
        Ok(socket)
    }

    /// A hold is on every address, so it does not tell whether the one that is wanted belongs to this machine: a second
    /// bind tells, and "in use" is as good an answer as any. It comes before the hold lets others share the number, so no
    /// rival can come in between. For the loopback of one network namespace the answer is remembered: asking costs as
    /// much as the hold.
    fn check_local(&self, hold: &Socket) -> io::Result<()> {
        static LOOPBACK: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

        let remembered = match self.wanted.ip() {
            ip if ip == Ipv4Addr::LOCALHOST => Some(&LOOPBACK[0]),
            ip if ip == Ipv6Addr::LOCALHOST => Some(&LOOPBACK[1]),
            _ => None,
        };
        let namespace = remembered.and_then(|_| sys::network_namespace(hold));
        if let (Some(remembered), Some(namespace)) = (remembered, namespace) {
            if remembered.load(Ordering::Relaxed) == namespace {
                return Ok(());
            }
        }
        let probe = open(self.kind, self.wanted)?;
        match probe.bind(&at(self.wanted, port_of(hold)?).into()) {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => return Err(error),
            _ => {}
        }
        if let (Some(remembered), Some(namespace)) = (remembered, namespace) {
            remembered.store(namespace, Ordering::Relaxed);
        }
        Ok(())
    }
}
