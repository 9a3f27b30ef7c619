//! What a reservation costs, beside the listener of the standard library: reserve and drop, bind and drop. A reservation
//! knows its number; a listener has to be asked, which is a system call more.
//!
//! `cargo bench -p bench --bench reserved`

use std::hint::black_box;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::{Duration, Instant};

use port_runtime::{PortRequest, ReservedPort};

const ROUNDS: usize = 1_000;
/// Few enough that a round is rarely interrupted.
const PER_ROUND: u32 = 20;

type Candidate = (&'static str, fn());

const CANDIDATES: [Candidate; 5] = [
    ("std: bind + listen on 127.0.0.1", std_listener),
    ("std: the same, and its number", std_number),
    ("port-runtime: ReservedPort", reservation),
    ("std: bind + listen on [::]", std_on_both_families),
    ("port-runtime: TcpListener", listener),
];

fn std_listener() {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
}

fn std_number() {
    black_box(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap().port());
}

fn std_on_both_families() {
    TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
}

fn reservation() {
    black_box(PortRequest::new().bind::<ReservedPort>().unwrap().port());
}

fn listener() {
    PortRequest::new().bind::<TcpListener>().unwrap();
}

fn round(candidate: fn()) -> Duration {
    let started = Instant::now();
    for _ in 0..PER_ROUND {
        candidate();
    }
    started.elapsed() / PER_ROUND
}

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let mut times = CANDIDATES.map(|_| Vec::with_capacity(rounds));
    for index in 0..rounds {
        // In turns, and each of them first as often as the others.
        for turn in 0..CANDIDATES.len() {
            let candidate = (index + turn) % CANDIDATES.len();
            times[candidate].push(round(CANDIDATES[candidate].1));
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    println!("medians of {rounds} rounds of {PER_ROUND}, in turns:");
    for ((name, _), median) in CANDIDATES.into_iter().zip(medians) {
        let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
        println!("{name:<34} {:>8.2} µs   {ratio:.2} of std's", median.as_secs_f64() * 1e6);
    }
}
