//! Other crates that find a free port, each used as its documentation says: a number is picked, and bound afterwards.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

use get_port::Ops as _;
use get_port::tcp::TcpPort;
use port_selector::Selector;
use reserve_port::PortFinder as _;

/// A crate, or the same by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Bind port 0, read the number, close.
    ByHand,
    /// <https://docs.rs/get-port>
    GetPort,
    /// <https://docs.rs/openport>
    Openport,
    /// <https://docs.rs/port_check>
    PortCheck,
    /// <https://docs.rs/port-selector>
    PortSelector,
    /// <https://docs.rs/portpicker>
    Portpicker,
    /// <https://docs.rs/reserve-port>
    ReservePort,
}

/// A number that was found to be free. No socket holds it.
#[derive(Debug)]
pub struct Picked {
    port: u16,
    /// Keeps the other threads of this process from picking the same.
    _reservation: Option<reserve_port::ReservedPort>,
}

/// Why a picked number is lost.
#[derive(Debug)]
pub struct Loss(String);

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<u16> for Picked {
    fn from(port: u16) -> Self {
        Self { port, _reservation: None }
    }
}

impl Picked {
    /// What its user does next.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the number in the meantime.
    pub fn bind(self) -> Result<(TcpListener, Self), Loss> {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)) {
            Ok(listener) => Ok((listener, self)),
            Err(error) => Err(Loss(format!("cannot bind the picked port {}: {error}", self.port))),
        }
    }
}

impl Peer {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ByHand,
        Self::GetPort,
        Self::Openport,
        Self::PortCheck,
        Self::PortSelector,
        Self::Portpicker,
        Self::ReservePort,
    ];
    /// Those that know ranges which are chosen at run time.
    pub const WITH_RANGE: [Self; 4] = [Self::GetPort, Self::Openport, Self::PortCheck, Self::PortSelector];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByHand => "bind-0-and-drop",
            Self::GetPort => "get-port",
            Self::Openport => "openport",
            Self::PortCheck => "port_check",
            Self::PortSelector => "port-selector",
            Self::Portpicker => "portpicker",
            Self::ReservePort => "reserve-port",
        }
    }

    /// Any port.
    ///
    /// # Errors
    ///
    /// When it finds none.
    pub fn pick(self) -> Result<Picked, Loss> {
        let picked = match self {
            Self::ByHand => TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .and_then(|listener| listener.local_addr())
                .map(|address| address.port().into())
                .ok(),
            Self::GetPort => TcpPort::any("127.0.0.1").map(Into::into),
            // Without its feature `rand` it has ranges only; this is the one of its documentation.
            Self::Openport => openport::pick_unused_port(15_000..16_000).map(Into::into),
            Self::PortCheck => port_check::free_local_port().map(Into::into),
            Self::PortSelector => port_selector::random_free_port().map(Into::into),
            Self::Portpicker => portpicker::pick_unused_port().map(Into::into),
            Self::ReservePort => reserve_port::ReservedPort::random()
                .map(|reservation| Picked { port: reservation.port(), _reservation: Some(reservation) })
                .ok(),
        };
        picked.ok_or_else(|| Loss(format!("{} finds no free port", self.name())))
    }

    /// A port of a range.
    ///
    /// # Errors
    ///
    /// When it finds none.
    pub fn pick_in(self, Range { start, end }: Range<u16>) -> Result<Picked, Loss> {
        let picked = match self {
            Self::GetPort => TcpPort::in_range("127.0.0.1", get_port::Range { min: start, max: end - 1 }),
            Self::Openport => openport::pick_unused_port(start..end),
            Self::PortCheck => port_check::free_local_port_in_range(start..end),
            // It tries numbers at random, by default a hundred of them: with 990 of 1,000 busy it would give up in more
            // than a third of all cases.
            Self::PortSelector => port_selector::select_free_port(Selector {
                port_range: (start, end),
                max_random_times: u16::MAX,
                ..Selector::default()
            }),
            Self::ByHand | Self::Portpicker | Self::ReservePort => None,
        };
        picked.map(Into::into).ok_or_else(|| Loss(format!("{} finds no free port in {start}..{end}", self.name())))
    }
}

/// `port_check` tries again, with another number, when the bind fails: two binds for each port, and no loss.
///
/// # Errors
///
/// When it gives up.
pub fn port_check_retry() -> Result<TcpListener, Loss> {
    port_check::with_free_port(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        .map(|(listener, _)| listener)
        .ok_or_else(|| Loss("port_check gives up".to_owned()))
}

/// `reserve-port` can pass the socket itself, which loses nothing either.
///
/// # Errors
///
/// When it finds none.
pub fn reserve_port_listener() -> Result<(reserve_port::ReservedPort, TcpListener), Loss> {
    reserve_port::ReservedPort::random_with_tcp(Ipv4Addr::LOCALHOST).map_err(|error| Loss(error.to_string()))
}

/// `port-selector` from a number upwards, without an end.
///
/// # Errors
///
/// When it finds none.
pub fn port_selector_from(port: u16) -> Result<Picked, Loss> {
    let picked = port_selector::select_from_given_port(port).map(Into::into);
    picked.ok_or_else(|| Loss("port-selector finds no free port".to_owned()))
}

/// `reserve-port` in a range, which has to be known at compile time.
///
/// # Errors
///
/// When it finds none.
pub fn reserve_port_scan<const START: u16, const END: u16>() -> Result<Picked, Loss> {
    let picked = reserve_port::ScanningPortFinder::<START, END>::new().find_port().map(Into::into);
    picked.ok_or_else(|| Loss(format!("reserve-port finds no free port in {START}..{END}")))
}
