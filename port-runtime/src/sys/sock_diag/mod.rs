//! The kernel's table of sockets: who is bound to a number, and whether they listen.
//!
//! Two kinds of callers: `bind`, which must not take a number from somebody who is bound and does not listen yet, and
//! those who word a refusal or wait for a server. It reports what the kernel says of sockets; what that means for a
//! request is not known here.
//!
//! Linux answers everybody, without a privilege, for the network namespace of the asking thread (`sock_diag(7)`). Outside
//! Linux, and where a sandbox refuses the question, there is an error, never an empty table.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod netlink;
#[cfg(any(target_os = "linux", target_os = "android", test))]
mod parse;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

use socket2::Socket;

#[cfg(any(target_os = "linux", target_os = "android"))]
use self::netlink::dump;

/// A socket of this network namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As it was bound: an IPv4 address that is mapped into IPv6 stays so.
    pub(crate) address: SocketAddr,
    /// `IPV6_V6ONLY`; of a socket that has it.
    pub(crate) only_v6: bool,
    /// 0 for what no process has open, like a connection in `TIME_WAIT`.
    pub(crate) inode: u64,
    /// Who opened it, by the number that this user has in the user namespace of the reader.
    pub(crate) uid: u32,
    pub(crate) state: State,
}

/// What a socket is doing, as far as anybody here asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Listen,
    /// Bound and nothing more. Of TCP, kernels before 6.8 do not tell: that a socket of one's own is missing in the
    /// answer is how to know.
    Bound,
    TimeWait,
    /// A connection.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

/// The TCP sockets of both families that are in one of the states and whose own port is one of these.
pub(crate) fn tcp(states: &[State], ports: RangeInclusive<u16>) -> io::Result<Vec<Entry>> {
    dump(Protocol::Tcp, states, &ports)
}

/// The UDP sockets of both families whose own port is one of these: [`Bound`](State::Bound), or, where they are
/// connected, [`Other`](State::Other).
pub(crate) fn udp(ports: RangeInclusive<u16>) -> io::Result<Vec<Entry>> {
    dump(Protocol::Udp, &[State::Bound, State::Other], &ports)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn dump(_: Protocol, _: &[State], _: &RangeInclusive<u16>) -> io::Result<Vec<Entry>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The number by which the table knows a socket.
pub(crate) fn inode(socket: &Socket) -> io::Result<u64> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return super::os::inode(socket);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = socket;
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Entry {
    /// Whether this socket and one on `address` could not both have it if neither had asked to share: their ports are the
    /// same, and they have an address in common. Interfaces are not looked at, so it is "yes" too often rather than too
    /// seldom.
    pub(crate) fn overlaps(&self, address: SocketAddr, only_v6: bool) -> bool {
        self.address.port() == address.port()
            && Reach::of(self.address, self.only_v6).meets(Reach::of(address, only_v6))
    }

    /// Whether it is bound to every address that IPv4 has, as a hold is.
    pub(crate) fn is_everywhere(&self) -> bool {
        matches!(Reach::of(self.address, self.only_v6), Reach::All | Reach::AllV4)
    }

    /// Whether a connection to `address` arrives here. One to the unspecified address goes to the loopback.
    pub(crate) fn accepts(&self, address: SocketAddr) -> bool {
        let target = match address.ip().to_canonical() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        self.state == State::Listen
            && self.address.port() == address.port()
            && Reach::of(self.address, self.only_v6).meets(Reach::One(target))
    }
}

/// The addresses that a socket is bound to.
#[derive(Clone, Copy)]
enum Reach {
    /// Of both families.
    All,
    AllV4,
    AllV6,
    One(IpAddr),
}

impl Reach {
    fn of(address: SocketAddr, only_v6: bool) -> Self {
        // The canonical form of `::ffff:1.2.3.4` is 1.2.3.4, and that is how the kernel compares it.
        match address.ip().to_canonical() {
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) if only_v6 => Self::AllV6,
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Self::All,
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Self::AllV4,
            ip => Self::One(ip),
        }
    }

    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::One(one), Self::One(other)) => one == other,
            (one, other) => one.is_v4() == other.is_v4(),
        }
    }

    fn is_v4(self) -> bool {
        matches!(self, Self::AllV4 | Self::One(IpAddr::V4(_)))
    }
}
