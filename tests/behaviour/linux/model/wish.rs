//! Requests, as the model sees them.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::ops;
use std::time::Duration;

use port_runtime::PortRequest;
use test_support::Random;

use super::WINDOW;

/// How the names of the variables begin.
pub(super) const VARIABLES: &str = "MODEL_";
/// For documentation only, RFC 5737: nobody has it.
pub(super) const FOREIGN: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));

/// What was asked for, with the calls that did it.
#[derive(Debug, Default)]
pub(super) struct Wish {
    calls: Vec<Call>,
    pub(super) host: Option<IpAddr>,
    pub(super) range: Option<Range>,
    pub(super) prefer: Option<u16>,
    pub(super) variable: Option<Variable>,
    pub(super) timeout: Option<Duration>,
}

#[derive(Debug, Clone)]
enum Call {
    Host(IpAddr),
    Range(Range),
    Prefer(u16),
    Env(Variable),
    Backlog(u32),
    Timeout(Duration),
}

/// Both ways to write one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Range {
    UpTo(u16, u16),
    Through(u16, u16),
}

impl Range {
    pub(super) fn numbers(self) -> ops::Range<u16> {
        match self {
            Self::UpTo(first, end) => first..end,
            Self::Through(first, last) => first..last + 1,
        }
    }
}

/// A variable, by what follows the common beginning.
#[derive(Debug, Clone)]
pub(super) struct Variable(String);

#[derive(Debug)]
pub(super) enum Says {
    Nothing,
    Nonsense,
    Port(u16),
    Address(IpAddr, u16),
}

impl Variable {
    pub(super) fn says(&self) -> Says {
        match self.0.split_once('_') {
            Some(("PORT", port)) => Says::Port(port.parse().unwrap()),
            Some(("ELSEWHERE", port)) => Says::Address([127, 0, 0, 2].into(), port.parse().unwrap()),
            Some(("FOREIGN", port)) => Says::Address(FOREIGN, port.parse().unwrap()),
            Some(("NO", _)) => Says::Nonsense,
            _ => Says::Nothing,
        }
    }
}

/// All that can be read, with their values.
pub(super) fn variables() -> Vec<(String, String)> {
    let fixed = [("EMPTY", ""), ("BLANK", " \n"), ("NO_WORD", "http"), ("NO_NUMBER", "-1"), ("NO_PORT", "127.0.0.1")];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let numbered = [0].into_iter().chain(WINDOW).flat_map(|port| {
        [
            (format!("PORT_{port}"), port.to_string()),
            (format!("ELSEWHERE_{port}"), format!("127.0.0.2:{port}")),
            (format!("FOREIGN_{port}"), format!("{FOREIGN}:{port}")),
        ]
    });
    fixed.into_iter().chain(numbered).collect()
}

impl Wish {
    /// Calls in any order; the last of several to one method counts.
    pub(super) fn random(random: &mut Random) -> Self {
        let mut wish = Self::default();
        for _ in 0..random.below(6) {
            let call = Call::random(random);
            match call.clone() {
                Call::Host(host) => wish.host = Some(host),
                Call::Range(range) => wish.range = Some(range),
                Call::Prefer(port) => wish.prefer = Some(port),
                Call::Env(variable) => wish.variable = Some(variable),
                Call::Backlog(_) => {}
                Call::Timeout(timeout) => wish.timeout = Some(timeout),
            }
            wish.calls.push(call);
        }
        wish
    }

    pub(super) fn request(&self) -> PortRequest {
        self.calls.iter().fold(PortRequest::new(), |request, call| match call {
            Call::Host(host) => request.host(*host),
            Call::Range(Range::UpTo(first, end)) => request.range(*first..*end),
            Call::Range(Range::Through(first, last)) => request.range(*first..=*last),
            Call::Prefer(port) => request.prefer(*port),
            Call::Env(Variable(name)) => request.env(format!("{VARIABLES}{name}")),
            Call::Backlog(backlog) => request.backlog(*backlog),
            Call::Timeout(timeout) => request.timeout(*timeout),
        })
    }
}

impl Call {
    fn random(random: &mut Random) -> Self {
        match random.below(13) {
            0 | 1 => Self::Host(host(random)),
            2..=5 => {
                let ends = [random.pick(&WINDOW), random.pick(&WINDOW)];
                let [first, last] = if random.one_in(12) { ends } else { [ends[0].min(ends[1]), ends[0].max(ends[1])] };
                let first = if random.one_in(24) { 0 } else { first };
                Self::Range(if random.one_in(3) { Range::UpTo(first, last) } else { Range::Through(first, last) })
            }
            6..=8 => Self::Prefer(if random.one_in(16) { 0 } else { random.pick(&WINDOW) }),
            9 | 10 => Self::Env(Variable(if random.one_in(6) {
                "UNSET".to_owned()
            } else {
                let (name, _) = random.pick(&variables());
                name
            })),
            11 => Self::Backlog(random.pick(&[0, 1, 128, u32::MAX])),
            _ => Self::Timeout(random.pick(&[Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(1)])),
        }
    }
}

fn host(random: &mut Random) -> IpAddr {
    let hosts = if cfg!(has_ipv6) { 6 } else { 4 };
    let foreign = FOREIGN.to_string();
    ["127.0.0.1", "127.0.0.2", "0.0.0.0", &foreign, "::1", "::"][random.below(hosts)].parse().unwrap()
}
