//! Processes that ask the system for any port, all the time.

use std::process::{Child, Stdio};

use test_support::forks;

const PROCESSES: usize = 4;

pub(super) struct Rivals(Vec<Child>);

impl Rivals {
    /// Starts them; each has so many ports at a time.
    pub(super) fn of(port: u16, at_a_time: usize) -> Self {
        let start = |_| {
            let mut command = behaviour::command(env!("CARGO_BIN_EXE_rival"));
            command.args([port.to_string(), at_a_time.to_string()]);
            forks::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped())).unwrap()
        };
        Self((0..PROCESSES).map(start).collect())
    }

    /// None of them was given the port, and all of them were given others.
    #[track_caller]
    pub(super) fn got_nothing(mut self) {
        for mut rival in self.0.drain(..) {
            drop(rival.stdin.take());
            let output = rival.wait_with_output().unwrap();
            let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
            assert!(output.status.success(), "{stderr}");
            let count: u64 = stdout.trim().parse().expect("a rival counts its ports");
            assert!(count > 0, "a rival has done nothing");
        }
    }
}

impl Drop for Rivals {
    fn drop(&mut self) {
        for rival in &mut self.0 {
            let _ = rival.kill();
            let _ = rival.wait();
        }
    }
}
