//! What it costs; nothing here can fail. `cargo test -p behaviour --release --test process measure -- --ignored --nocapture
//! --test-threads 1`

use std::process::Stdio;
use std::time::{Duration, Instant, UNIX_EPOCH};

use port_runtime::{PortRequest, ReservedPort};
use test_support::PLENTY;

use crate::support::{Odd, reserve};

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let [median, most] = [times[times.len() / 2], times[times.len() * 9 / 10]];
    println!("{what}: median {median:?}, 9 of 10 within {most:?}");
}

#[test]
#[ignore = "a measurement"]
fn from_listening_to_ready() {
    for sleep in [0, 5, 20, 100, 500] {
        let times = (0..30).map(|_| {
            let (port, odd) = (reserve(), Odd::new());
            let mut command = odd.command(&port, &format!("sleep={sleep} listen={{}} stamp serve"));
            let server = port.start(command.stdout(Stdio::piped()), PLENTY).unwrap().grace(Duration::ZERO);
            let ready = UNIX_EPOCH.elapsed().unwrap();
            server.wait_until(PLENTY, |server| server.output_tail().ends_with('\n')).unwrap();
            let listening = Duration::from_micros(server.output_tail().trim().parse().unwrap());
            ready.saturating_sub(listening)
        });
        print(&format!("ready after {sleep} ms, later than it listens"), times.collect());
    }
}

#[test]
#[ignore = "a measurement"]
fn from_start_to_end() {
    let (mut starts, mut stops) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        let (port, odd) = (reserve(), Odd::new());
        let mut command = odd.command(&port, "listen={} serve");
        let started = Instant::now();
        let server = port.start(&mut command, PLENTY).unwrap();
        starts.push(started.elapsed());
        let stopped = Instant::now();
        drop(server);
        stops.push(stopped.elapsed());
    }
    print("start", starts);
    print("stop", stops);
}

#[test]
#[ignore = "a measurement"]
fn fifty_at_once() {
    let odd = &Odd::new();
    let ports: [ReservedPort; 50] = PortRequest::new().bind().unwrap();
    let started = Instant::now();
    let servers: Vec<_> = std::thread::scope(|scope| {
        let start = |port| {
            move || {
                let port: &ReservedPort = port;
                port.start(&mut odd.command(port, "sleep=50 listen={} serve"), PLENTY).unwrap()
            }
        };
        let threads: Vec<_> = ports.iter().map(|port| scope.spawn(start(port))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    println!("50 programs that listen after 50 ms are ready after {:?}", started.elapsed());
    let stopped = Instant::now();
    drop(servers);
    println!("and gone, one after the other, after {:?}", stopped.elapsed());
}
