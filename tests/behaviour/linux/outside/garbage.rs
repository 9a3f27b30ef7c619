//! Nothing of the environment is trusted: whatever is in it, nothing panics, and no descriptor is touched that was not
//! passed to this process.

use std::thread;

use port_runtime::{PortRequest, ReservedPort};
use test_support::forks;

use super::fake_port_server::{answering, serve_abstract};
use crate::support::given::Given;

const ENVIRONMENTS: usize = 10_000;
const PROCESSES: usize = 2;

/// How often each outcome was had.
fn outcomes(seed: usize, port_server: &str) -> Vec<(String, usize)> {
    let mut command = behaviour::command(env!("CARGO_BIN_EXE_any_environment"));
    Given::default().apply_to(&mut command);
    let count = ENVIRONMENTS / PROCESSES;
    command.args([&seed.to_string(), &count.to_string(), port_server]);
    let output = forks::output(&mut command).unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{stderr}");
    let outcome = |line: &str| line.split_once(' ').map(|(name, count)| (name.to_owned(), count.parse().unwrap()));
    stdout.lines().filter_map(outcome).collect()
}

#[cfg_attr(emulated, ignore = "it forks ten thousand times, which takes too long in an emulator")]
#[test]
fn never_does_harm() {
    let reserved: ReservedPort = PortRequest::new().bind().unwrap();
    let port_server = serve_abstract(answering(format!("{}\n", reserved.port())));
    let all: Vec<_> = thread::scope(|scope| {
        let port_server = port_server.as_str();
        let processes: Vec<_> = (0..PROCESSES).map(|seed| scope.spawn(move || outcomes(seed, port_server))).collect();
        processes.into_iter().flat_map(|process| process.join().unwrap()).collect()
    });
    for name in ["Inherited", "Bound", "Refused"] {
        let count: usize = all.iter().filter(|(outcome, _)| outcome == name).map(|(_, count)| count).sum();
        assert!(count > ENVIRONMENTS / 20, "hardly any is {name}: {all:?}");
    }
    assert_eq!(all.iter().map(|(_, count)| count).sum::<usize>(), ENVIRONMENTS);
}
