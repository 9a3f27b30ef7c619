//! The examples leave no orphan, also when their assertion fails.

use std::process::{Command, Output, Stdio};

fn run(program: &str, arguments: &[&str]) -> (Output, String) {
    let mut command = Command::new(program);
    let output = command.args(arguments).stdin(Stdio::null()).env("RUST_BACKTRACE", "0").output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    // Each line that names a process.
    for pid in shown.split("process ").skip(1).map(|rest| rest.split([' ', ',']).next().unwrap()) {
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(command.is_empty(), "{pid} is left: {}", String::from_utf8_lossy(&command));
    }
    (output, shown)
}

#[track_caller]
fn succeeds_and_fails(program: &str, expectation: &str, processes: usize) {
    let (output, shown) = run(program, &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(shown.matches("process ").count(), processes, "{shown}");
    let (output, shown) = run(program, &[expectation]);
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    assert_eq!(shown.matches("process ").count(), 1, "{shown}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn binary_under_test() {
    succeeds_and_fails(env!("CARGO_BIN_EXE_example_binary_under_test"), "goodbye", 1);
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_python3), ignore = "python3 is not installed")]
fn reserved_port() {
    succeeds_and_fails(env!("CARGO_BIN_EXE_example_reserved_port"), "HTTP/1.0 404", 2);
}
