use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::ours;
use bench::peers::{self, Peer, Picked};
use port_runtime::{ClientSocket, DualStack, ReservedPort};

/// How a port is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Listener,
    InRange,
    Pair,
    DualStack,
    Reserved,
    /// A range in random order.
    Random,
    /// A range in a stable order, of one key for all processes.
    Stable,
    /// A preferred number, and then the range.
    Prefer,
    /// A client's own end.
    Client,
    /// One of the others after the other.
    Mixed,
    Pick(Peer),
    PickInRange(Peer),
    /// Of `port_check`, which tries again.
    Retry,
    /// Of `reserve-port`, with the socket.
    WithListener,
}

/// A port and what holds it, closed in this order.
#[derive(Debug)]
#[expect(dead_code, reason = "it is there to be dropped")]
pub(crate) enum Taken {
    Listener(TcpListener),
    Pair(TcpListener, UdpSocket),
    DualStack(DualStack<TcpListener>),
    Reserved(TcpListener, Box<ReservedPort>),
    Picked(TcpListener, Picked),
    Client(ClientSocket),
    WithListener(TcpListener, reserve_port::ReservedPort),
}

impl Way {
    const OURS: [Self; 10] = [
        Self::Listener,
        Self::InRange,
        Self::Random,
        Self::Stable,
        Self::Prefer,
        Self::Pair,
        Self::DualStack,
        Self::Client,
        Self::Reserved,
        Self::Mixed,
    ];

    pub(crate) fn ours() -> Vec<Self> {
        Self::OURS.to_vec()
    }

    pub(crate) fn peers() -> Vec<Self> {
        let anywhere = Peer::ALL.map(Self::Pick).into_iter();
        let in_range = Peer::WITH_RANGE.map(Self::PickInRange).into_iter();
        anywhere.chain([Self::Retry, Self::WithListener]).chain(in_range).collect()
    }

    pub(crate) fn all() -> Vec<Self> {
        [Self::ours(), Self::peers()].concat()
    }

    pub(crate) fn is_ours(self) -> bool {
        Self::OURS.contains(&self)
    }

    pub(crate) fn has_range(self) -> bool {
        matches!(self, Self::InRange | Self::Random | Self::Stable | Self::Prefer | Self::Mixed | Self::PickInRange(_))
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::Listener => "listener".to_owned(),
            Self::InRange => "range".to_owned(),
            Self::Pair => "pair".to_owned(),
            Self::DualStack => "dual-stack".to_owned(),
            Self::Reserved => "reserved".to_owned(),
            Self::Random => "random".to_owned(),
            Self::Stable => "stable".to_owned(),
            Self::Prefer => "prefer".to_owned(),
            Self::Client => "client".to_owned(),
            Self::Mixed => "mixed".to_owned(),
            Self::Pick(peer) => peer.name().to_owned(),
            Self::PickInRange(peer) => format!("{}-range", peer.name()),
            Self::Retry => "port_check-retry".to_owned(),
            Self::WithListener => "reserve-port-listener".to_owned(),
        }
    }

    /// The message of an error is why the port is lost.
    pub(crate) fn take(self, range: Range<u16>) -> Result<Taken, String> {
        match self {
            Self::Listener => ours::listener().map(Taken::Listener).map_err(|error| error.to_string()),
            Self::InRange => ours::in_range(range).map(Taken::Listener).map_err(|error| error.to_string()),
            Self::Pair => ours::pair().map(|(tcp, udp)| Taken::Pair(tcp, udp)).map_err(|error| error.to_string()),
            Self::DualStack => ours::dual_stack().map(Taken::DualStack).map_err(|error| error.to_string()),
            Self::Reserved => ours::reserved()
                .and_then(|port| Ok(Taken::Reserved(ours::server_under(&port)?, Box::new(port))))
                .map_err(|error| error.to_string()),
            Self::Random => ours::at_random(range).map(Taken::Listener).map_err(|error| error.to_string()),
            Self::Stable => ours::stable(range).map(Taken::Listener).map_err(|error| error.to_string()),
            Self::Prefer => ours::preferred(range).map(Taken::Listener).map_err(|error| error.to_string()),
            Self::Client => ours::client().map(Taken::Client).map_err(|error| error.to_string()),
            Self::Mixed => {
                static NEXT: AtomicUsize = AtomicUsize::new(0);

                // All but the last, which is this one.
                let others = &Self::OURS[..Self::OURS.len() - 1];
                others[NEXT.fetch_add(1, Ordering::Relaxed) % others.len()].take(range)
            }
            Self::Pick(peer) => picked(peer.pick()),
            Self::PickInRange(peer) => picked(peer.pick_in(range)),
            Self::Retry => peers::port_check_retry().map(Taken::Listener).map_err(|loss| loss.to_string()),
            Self::WithListener => peers::reserve_port_listener()
                .map(|(reservation, listener)| Taken::WithListener(listener, reservation))
                .map_err(|loss| loss.to_string()),
        }
    }
}

fn picked(picked: Result<Picked, peers::Loss>) -> Result<Taken, String> {
    let bound = picked.and_then(Picked::bind);
    bound.map(|(listener, picked)| Taken::Picked(listener, picked)).map_err(|loss| loss.to_string())
}

impl Taken {
    /// Connects to the listener, and lets the server close first, so that its port is left in `TIME_WAIT`.
    pub(crate) fn converse(&self, connections: usize) -> Result<(), String> {
        let Some(listener) = self.listener() else { return Ok(()) };
        for _ in 0..connections {
            converse(listener).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// A server that was given the number of a hold ends and is started anew, also beside its old connections.
    pub(crate) fn restart(self) -> Result<Self, String> {
        match self {
            Self::Reserved(server, port) => {
                drop(server);
                let server = ours::server_under(&port).map_err(|error| format!("cannot restart: {error}"))?;
                Ok(Self::Reserved(server, port))
            }
            other => Ok(other),
        }
    }

    fn listener(&self) -> Option<&TcpListener> {
        match self {
            Self::Listener(listener)
            | Self::Pair(listener, _)
            | Self::DualStack(DualStack { v4: listener, .. })
            | Self::Reserved(listener, _)
            | Self::Picked(listener, _)
            | Self::WithListener(listener, _) => Some(listener),
            Self::Client(_) => None,
        }
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Client(client) => client.local_addr(),
            Self::Listener(listener)
            | Self::Pair(listener, _)
            | Self::DualStack(DualStack { v4: listener, .. })
            | Self::Reserved(listener, _)
            | Self::Picked(listener, _)
            | Self::WithListener(listener, _) => listener.local_addr(),
        }
    }
}

/// Whoever connects is who we know, and who answers is us.
pub(crate) fn converse(listener: &TcpListener) -> io::Result<()> {
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, peer) = listener.accept()?;
    if peer != client.local_addr()? {
        return Err(io::Error::other(format!("a connection came from {peer}")));
    }
    let process = std::process::id().to_ne_bytes();
    server.write_all(&process)?;
    drop(server);
    let mut answer = Vec::new();
    client.read_to_end(&mut answer)?;
    if answer == process { Ok(()) } else { Err(io::Error::other("somebody else has answered")) }
}
