use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use socket2::{Domain, Socket, Type};

use super::search::Number;
use crate::{PortRequest, sys};

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// TCP, listening.
    Listener,
    /// UDP.
    Datagram,
    /// TCP, to be connected.
    Client,
    /// TCP, never listening: it keeps a number from everybody, on Linux on every address of both families.
    Hold,
}

/// A socket that goes from number to number until one is free.
pub(super) struct Draft {
    pub(super) kind: Kind,
    /// Where the number is wanted; its port is 0.
    wanted: SocketAddr,
    /// Where the socket is bound: for a hold, on every address.
    bound: SocketAddr,
    /// `IPV6_V6ONLY`, where it is not left to the system.
    only_v6: Option<bool>,
    backlog: i32,
    /// Open, and not yet bound.
    spare: Option<Socket>,
}

impl Draft {
    /// Opens the socket, so that what is wrong with the address is known before any number is tried.
    #[inline]
    pub(super) fn new(kind: Kind, wanted: SocketAddr, request: &PortRequest) -> io::Result<Self> {
        let (bound, only_v6) = match kind {
            Kind::Hold if sys::LINUX => (SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)), Some(false)),
            _ => (wanted, request.dual_stack.then_some(true)),
        };
        let mut draft = Self { kind, wanted, bound, only_v6, backlog: request.backlog_or_default(), spare: None };
        draft.spare = Some(draft.socket()?);
        Ok(draft)
    }

    /// A hold for the same address.
    pub(super) fn hold(&self, request: &PortRequest) -> io::Result<Self> {
        Self::new(Kind::Hold, self.wanted, request)
    }

    #[inline]
    pub(super) fn attempt(&mut self, number: Number) -> io::Result<Socket> {
        match number {
            Number::Exact(port) => self.bind_shared(port),
            Number::Preferred(port) | Number::InRangeAgain(port) => self.bind_past_time_wait(port),
            Number::InRange(port) => self.bind(port),
            Number::Any => self.bind(0),
        }
    }

    /// Binds while nobody else can share the number. `SO_REUSEADDR` comes last: with it a server can be restarted on
    /// the port while old connections are in `TIME_WAIT`, and a hold lets a server listen.
    #[inline]
    pub(super) fn bind(&mut self, port: u16) -> io::Result<Socket> {
        let socket = self.socket()?;
        if let Err(error) = socket.bind(&at(self.bound, port).into()) {
            self.spare = sys::LINUX.then_some(socket);
            return Err(error);
        }
        if self.kind == Kind::Listener {
            // If this fails, the socket is closed and not used again: its next `bind` would give EINVAL.
            socket.listen(self.backlog)?;
        }
        if matches!(self.kind, Kind::Listener | Kind::Hold) && sys::LINUX {
            socket.set_reuse_address(true)?;
        }
        if self.kind == Kind::Hold && sys::LINUX {
            check_local(&socket, self.wanted)?;
        }
        Ok(socket)
    }

    /// Binds a number that is wanted, but not at the price of somebody's reservation: only where nothing but
    /// connections in `TIME_WAIT` are in the way is the address shared with them.
    pub(super) fn bind_past_time_wait(&mut self, port: u16) -> io::Result<Socket> {
        match self.bind(port) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && self.kind == Kind::Listener && sys::LINUX => {
                match keep_reservations_away(self.wanted, port) {
                    Ok(_guard) => self.bind_shared(port),
                    Err(_) => Err(error),
                }
            }
            result => result,
        }
    }

    /// Binds a number that is meant for us: past connections in `TIME_WAIT`, and under a hold.
    pub(super) fn bind_shared(&mut self, port: u16) -> io::Result<Socket> {
        if self.kind != Kind::Listener {
            return self.bind(port);
        }
        let socket = self.socket()?;
        // On Windows this option would let us take the port from anybody.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&at(self.bound, port).into())?;
        socket.listen(self.backlog)?;
        Ok(socket)
    }

    /// The spare one, or a new one.
    #[inline]
    fn socket(&mut self) -> io::Result<Socket> {
        if let Some(socket) = self.spare.take() {
            return Ok(socket);
        }
        let socket = match open(self.kind, self.bound) {
            Err(error) if self.kind == Kind::Hold && sys::is_family_missing(&error) => {
                self.bound = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
                open(self.kind, self.bound)?
            }
            result => result?,
        };
        if let (Some(only), true) = (self.only_v6, self.bound.is_ipv6()) {
            socket.set_only_v6(only)?;
        }
        Ok(socket)
    }
}

/// A hold is on every address, so it does not tell whether the one that is wanted belongs to this machine. For the
/// loopback the answer is remembered: asking costs as much as the hold.
#[inline]
fn check_local(hold: &Socket, wanted: SocketAddr) -> io::Result<()> {
    static LOOPBACK: [AtomicBool; 2] = [const { AtomicBool::new(false) }; 2];

    let known = match wanted.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => Some(&LOOPBACK[0]),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Some(&LOOPBACK[1]),
        _ => None,
    };
    if known.is_none_or(|known| !known.load(Ordering::Relaxed)) {
        bind_briefly(at(wanted, port_of(hold)?))?;
    }
    if let Some(known) = known {
        known.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Binds a TCP address as a server would that is about to listen there, and lets go of it at once. Whoever holds the
/// number without listening does not notice; where somebody listens it is an error.
pub(crate) fn bind_briefly(address: SocketAddr) -> io::Result<()> {
    let socket = open(Kind::Hold, address)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())
}

/// A reservation holds the number on every address; a connection in `TIME_WAIT` is in the way on its own only. So a
/// plain bind of another one in 127.0.0.0/8 fails for a reservation; and where it does not, nobody can reserve the number
/// while that socket lives. `SO_REUSEADDR` comes last, for those who bind every address.
fn keep_reservations_away(address: SocketAddr, port: u16) -> io::Result<Socket> {
    let last = if address.ip() == Ipv4Addr::new(127, 255, 255, 254) { 253 } else { 254 };
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 255, 255, last), port));
    let socket = open(Kind::Hold, elsewhere)?;
    socket.bind(&elsewhere.into())?;
    socket.set_reuse_address(true)?;
    Ok(socket)
}

/// One system call on Linux: socket2 asks for close-on-exec in the same one.
#[inline]
fn open(kind: Kind, address: SocketAddr) -> io::Result<Socket> {
    let kind = if kind == Kind::Datagram { Type::DGRAM } else { Type::STREAM };
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    sys::exclusive(&socket)?;
    Ok(socket)
}

#[inline]
pub(crate) fn port_of(socket: &Socket) -> io::Result<u16> {
    let address = socket.local_addr()?;
    Ok(address.as_socket().map_or(0, |address| address.port()))
}

#[inline]
pub(crate) fn at(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}
