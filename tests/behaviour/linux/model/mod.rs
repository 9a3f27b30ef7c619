//! Random requests among random busy ports, against a model that says in a few lines what has to come of each.
//!
//! In a network namespace, so that nobody else has a port in the window. `FUZZ_INPUTS=100000 cargo test -p behaviour
//! model` takes longer.

mod predict;
mod wish;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::{env, io};

use port_runtime::{ErrorKind, FromFreePort, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::Random;

use self::predict::{Claim, predict};
use self::wish::{VARIABLES, Wish, variables};
use crate::support::Child;
use crate::support::child::open_descriptors;
use crate::support::namespace::set_ephemeral_ports;

/// The ports that requests name. The lower half is not for everybody.
const WINDOW: [u16; 8] = [1020, 1021, 1022, 1023, 1024, 1025, 1026, 1027];
const PRIVILEGED: std::ops::Range<u16> = 0..1024;
/// Those of which the kernel chooses.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 40_000..=40_999;
/// An array has so many members.
const MEMBERS: usize = 3;

/// A type to ask for, and what one of it takes of a number.
trait Asked: FromFreePort {
    const CLAIMS: &'static [Claim];

    fn port(&self) -> u16;
}

impl Asked for TcpListener {
    const CLAIMS: &'static [Claim] = &[Claim::Tcp];

    fn port(&self) -> u16 {
        self.local_addr().unwrap().port()
    }
}

impl Asked for UdpSocket {
    const CLAIMS: &'static [Claim] = &[Claim::Udp];

    fn port(&self) -> u16 {
        self.local_addr().unwrap().port()
    }
}

impl Asked for (TcpListener, UdpSocket) {
    const CLAIMS: &'static [Claim] = &[Claim::Tcp, Claim::Udp];

    fn port(&self) -> u16 {
        assert_eq!(self.0.port(), self.1.port());
        self.0.port()
    }
}

impl Asked for (UdpSocket, ReservedPort) {
    const CLAIMS: &'static [Claim] = &[Claim::Udp, Claim::Hold];

    fn port(&self) -> u16 {
        assert_eq!(self.0.port(), self.1.port());
        self.0.port()
    }
}

impl Asked for ReservedPort {
    const CLAIMS: &'static [Claim] = &[Claim::Hold];

    fn port(&self) -> u16 {
        Self::port(self)
    }
}

/// A port that somebody has.
#[derive(Debug, Clone)]
struct Busy {
    kind: Kind,
    address: IpAddr,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Listener,
    /// TCP, with `SO_REUSEADDR`: what connections in `TIME_WAIT` leave behind, and what a reservation is.
    Idle,
    Udp,
}

/// Sockets of others, which cannot be there twice.
fn occupy(random: &mut Random) -> (Vec<Busy>, Vec<OwnedFd>) {
    let addresses = if cfg!(has_ipv6) { 5 } else { 3 };
    let mut all = (Vec::new(), Vec::new());
    for _ in 0..random.below(12) {
        let address = ["127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::"][random.below(addresses)].parse().unwrap();
        let kind = random.pick(&[Kind::Listener, Kind::Idle, Kind::Udp]);
        let busy = Busy { kind, address, port: random.pick(&WINDOW) };
        let socket = match kind {
            Kind::Listener => TcpListener::bind((address, busy.port)).map(OwnedFd::from),
            Kind::Idle => idle((address, busy.port).into()).map(OwnedFd::from),
            Kind::Udp => UdpSocket::bind((address, busy.port)).map(OwnedFd::from),
        };
        if let Ok(socket) = socket {
            all.0.push(busy);
            all.1.push(socket);
        }
    }
    all
}

fn idle(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    socket.set_reuse_address(true)?;
    Ok(socket)
}

/// One try: what is asked for, among which busy ports, and how often which outcome was had.
struct Trial<'a> {
    seed: u64,
    wish: Wish,
    busy: &'a [Busy],
    may_bind_all: bool,
    outcomes: &'a mut HashMap<String, usize>,
}

impl Trial<'_> {
    fn of<T: Asked>(&mut self) {
        let request = self.wish.request();
        self.compare::<T>(1, || Ok(vec![request.bind::<T>()?]));
        self.compare::<T>(MEMBERS, || Ok(Vec::from(request.bind::<[T; MEMBERS]>()?)));
    }

    fn compare<T: Asked>(&mut self, count: usize, bind: impl FnOnce() -> Result<Vec<T>, port_runtime::Error>) {
        let denied = if self.may_bind_all { 0..0 } else { PRIVILEGED };
        let expected = predict(&self.wish, T::CLAIMS, count, self.busy, &denied);
        let before = open_descriptors();
        let found = bind().map(|all| all.iter().map(T::port).collect::<Vec<_>>());
        let is_right = match (&expected, &found) {
            (Ok(expected), Ok(found)) => is_as_expected(expected, found),
            (Err(expected), Err(error)) => *expected == error.kind(),
            _ => false,
        };
        let Self { seed, wish, busy, outcomes, .. } = self;
        assert!(is_right, "seed {seed}: {wish:?}, {count} of {:?}, {busy:?}: {expected:?}, {found:?}", T::CLAIMS);
        assert_eq!(open_descriptors(), before, "seed {seed}: {wish:?}");
        let outcome = expected.map(|ports| if ports.contains(&None) { "the kernel's" } else { "a named one" });
        *outcomes.entry(outcome.map_or_else(|kind| format!("{kind:?}"), str::to_owned)).or_default() += 1;
    }
}

/// `None` is the kernel's choice.
fn is_as_expected(expected: &[Option<u16>], found: &[u16]) -> bool {
    let is_same = |(expected, found): (&Option<u16>, &u16)| match expected {
        Some(expected) => expected == found,
        None => EPHEMERAL.contains(found),
    };
    let mut distinct = found.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    expected.len() == found.len() && distinct.len() == found.len() && expected.iter().zip(found).all(is_same)
}

fn compare_all(may_bind_all: bool) -> HashMap<String, usize> {
    set_ephemeral_ports(*EPHEMERAL.start(), *EPHEMERAL.end());
    let inputs = env::var("FUZZ_INPUTS").ok().and_then(|inputs| inputs.parse().ok()).unwrap_or(2_000);
    let mut outcomes = HashMap::new();
    for seed in 0..inputs {
        let random = &mut Random::nth(0, seed);
        let (busy, _sockets) = occupy(random);
        let wish = Wish::random(random);
        let mut trial = Trial { seed, wish, busy: &busy, may_bind_all, outcomes: &mut outcomes };
        trial.of::<TcpListener>();
        trial.of::<UdpSocket>();
        trial.of::<(TcpListener, UdpSocket)>();
        trial.of::<ReservedPort>();
        trial.of::<(UdpSocket, ReservedPort)>();
    }
    outcomes
}

/// Or else the comparison would mean little.
#[track_caller]
fn assert_had_often(outcomes: &HashMap<String, usize>, errors: &[ErrorKind]) {
    let all: usize = outcomes.values().sum();
    println!("{all} requests: {outcomes:?}");
    let kinds = errors.iter().map(|kind| format!("{kind:?}"));
    for outcome in kinds.chain(["the kernel's".to_owned(), "a named one".to_owned()]) {
        assert!(outcomes.get(&outcome).is_some_and(|&count| count > all / 400), "hardly any is {outcome}");
    }
}

const ERRORS: [ErrorKind; 5] = [
    ErrorKind::NoFreePort,
    ErrorKind::PortInUse,
    ErrorKind::EnvironmentVariable,
    ErrorKind::AddrNotAvailable,
    ErrorKind::InvalidRequest,
];

fn with_variables(child: Child) -> Child {
    child.given(|it| {
        for (name, value) in variables() {
            it.variable(format!("{VARIABLES}{name}"), value);
        }
    })
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn says_the_same_of_every_request() {
    with_variables(Child::in_namespace()).run(|| assert_had_often(&compare_all(true), &ERRORS));
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn says_the_same_to_somebody_without_permission() {
    with_variables(Child::unprivileged()).run(|| {
        let outcomes = compare_all(false);
        assert_had_often(&outcomes, &ERRORS);
        assert_had_often(&outcomes, &[ErrorKind::PermissionDenied]);
    });
}
