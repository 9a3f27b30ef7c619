//! The order of the sources: all combinations of what is asked for, present, absent and wrong.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use port_runtime::{PortRequest, ReservedPort};

use super::fake_port_server::{answering, serve_abstract};
use super::udp;
use crate::support::Block;
use crate::support::asker::Asker;
use crate::support::given::Given;

/// Of a source that somebody outside decides on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    NotAsked,
    Absent,
    Right,
    Wrong,
}

/// Of a source that is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tried {
    NotAsked,
    Free,
    Busy,
}

const TOLD: [Told; 4] = [Told::NotAsked, Told::Absent, Told::Right, Told::Wrong];
const TRIED: [Tried; 3] = [Tried::NotAsked, Tried::Free, Tried::Busy];

#[derive(Debug, Clone, Copy)]
struct Combination {
    inherit: Told,
    env: Told,
    port_server: Told,
    prefer: Tried,
    range: Tried,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Inherited,
    Env,
    PortServer,
    Preferred,
    InRange,
    Kernel,
    Error(&'static str),
}

/// What is to come of it.
fn model(it: Combination) -> Outcome {
    let told = [
        (it.inherit, Outcome::Inherited, "InheritedSocket"),
        (it.env, Outcome::Env, "EnvironmentVariable"),
        (it.port_server, Outcome::PortServer, "PortServer"),
    ];
    for (state, outcome, error) in told {
        match state {
            Told::Right => return outcome,
            Told::Wrong => return Outcome::Error(error),
            Told::NotAsked | Told::Absent => {}
        }
    }
    match (it.prefer, it.range) {
        (Tried::Free, _) => Outcome::Preferred,
        (_, Tried::Free) => Outcome::InRange,
        (_, Tried::Busy) => Outcome::Error("NoFreePort"),
        (_, Tried::NotAsked) => Outcome::Kernel,
    }
}

/// Who asks the port server takes a port from its pool, so it is asked only when it decides.
fn asks_the_port_server(it: Combination) -> bool {
    let decided = |state| matches!(state, Told::Right | Told::Wrong);
    decided(it.port_server) && !decided(it.inherit) && !decided(it.env)
}

fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    for inherit in TOLD {
        for env in TOLD {
            for port_server in TOLD {
                for prefer in TRIED {
                    all.extend(TRIED.map(|range| Combination { inherit, env, port_server, prefer, range }));
                }
            }
        }
    }
    all
}

/// One port for each source, so that the port tells where it is from.
struct Sources {
    passed: (TcpListener, UdpSocket),
    misfit: UdpSocket,
    env: ReservedPort,
    /// Port 1 is free, 2 and 3 are busy, 4 is free, and the port server gives port 5.
    block: Block,
    _busy: Vec<TcpListener>,
    right_server: String,
    wrong_server: String,
    asked: Arc<AtomicUsize>,
}

impl Sources {
    fn new() -> Self {
        let block = Block::for_processes();
        let asked = Arc::new(AtomicUsize::new(0));
        let serve = |reply: String| {
            let (asked, answer) = (Arc::clone(&asked), answering(reply));
            serve_abstract(move |client: UnixStream| {
                asked.fetch_add(1, Ordering::Relaxed);
                answer(client);
            })
        };
        let (right_server, wrong_server) = (serve(format!("{}\n", block.port(5))), serve("0\n".to_owned()));
        Self {
            passed: PortRequest::new().bind().unwrap(),
            misfit: udp(),
            env: PortRequest::new().bind().unwrap(),
            _busy: vec![block.listener(2), block.listener(3)],
            block,
            right_server,
            wrong_server,
            asked,
        }
    }

    fn arguments(&self, kind: &str, it: Combination) -> Vec<String> {
        let port = |index| self.block.port(index);
        let mut arguments = vec![kind.to_owned()];
        arguments.extend((it.inherit != Told::NotAsked).then(|| "inherit".to_owned()));
        arguments.extend((it.env != Told::NotAsked).then(|| "env=PORT".to_owned()));
        arguments.extend((it.port_server != Told::NotAsked).then(|| "portserver".to_owned()));
        match it.prefer {
            Tried::NotAsked => {}
            Tried::Free => arguments.push(format!("prefer={}", port(1))),
            Tried::Busy => arguments.push(format!("prefer={}", port(2))),
        }
        match it.range {
            Tried::NotAsked => {}
            Tried::Free => arguments.push(format!("range={}-{}", port(3), port(4))),
            Tried::Busy => arguments.push(format!("range={}-{}", port(2), port(3))),
        }
        arguments
    }

    fn give(&self, kind: &str, it: Combination, given: &mut Given) {
        // What nobody asks for is there, too: it changes nothing.
        match it.inherit {
            Told::NotAsked | Told::Right => {
                given.descriptor(self.passed.0.try_clone().unwrap());
                if kind == "both" {
                    given.descriptor(self.passed.1.try_clone().unwrap());
                }
            }
            Told::Absent => {}
            Told::Wrong => _ = given.descriptor(self.misfit.try_clone().unwrap()),
        }
        match it.env {
            Told::NotAsked | Told::Right => _ = given.variable("PORT", self.env.port().to_string()),
            Told::Absent => _ = given.variable("PORT", ""),
            Told::Wrong => _ = given.variable("PORT", "no port"),
        }
        match it.port_server {
            Told::NotAsked | Told::Right => _ = given.variable("PORTSERVER_ADDRESS", &self.right_server),
            Told::Absent => {}
            Told::Wrong => _ = given.variable("PORTSERVER_ADDRESS", &self.wrong_server),
        }
    }

    fn outcome(&self, kind: &str, it: Combination) -> Outcome {
        let asker = Asker::service(self.arguments(kind, it));
        let address = match asker.given(|given| self.give(kind, it, given)).ask() {
            Ok(address) => address,
            Err(message) => return Outcome::Error(known(message.split(' ').next().unwrap_or_default())),
        };
        assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
        match address {
            it if it == local(&self.passed.0) => Outcome::Inherited,
            it if it.port() == self.env.port() => Outcome::Env,
            it if it.port() == self.block.port(5) => Outcome::PortServer,
            it if it.port() == self.block.port(1) => Outcome::Preferred,
            it if it.port() == self.block.port(4) => Outcome::InRange,
            _ => Outcome::Kernel,
        }
    }
}

fn local(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().unwrap()
}

fn known(kind: &str) -> &'static str {
    let kinds = ["InheritedSocket", "EnvironmentVariable", "PortServer", "NoFreePort"];
    kinds.into_iter().find(|&known| known == kind).unwrap_or("another kind")
}

fn check_all(kind: &str) {
    let sources = Sources::new();
    let mut asked = 0;
    for combination in combinations() {
        assert_eq!(sources.outcome(kind, combination), model(combination), "{combination:?}");
        asked += usize::from(asks_the_port_server(combination));
        assert_eq!(sources.asked.load(Ordering::Relaxed), asked, "{combination:?}");
    }
    assert_eq!(combinations().len(), 576);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn holds_for_one_socket() {
    check_all("tcp");
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn holds_for_two_on_one_port() {
    check_all("both");
}
