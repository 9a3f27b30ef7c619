//! `cargo run` as the program: it builds first, in processes of its own, and then becomes somebody's server.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::{ErrorKind, ReservedPort};
use test_support::{Folder, PLENTY, eventually};

use super::real::processes_in;
use crate::support::{assert_says_hello, reserve};

/// A package without dependencies, whose program takes its address as its first argument.
fn write_package(folder: &Path, build: &str) {
    std::fs::create_dir(folder.join("src")).unwrap();
    let server = "use std::{env, io::Write, net::TcpListener}; fn main() { \
         let address = env::args().nth(1).expect(\"an address\"); \
         for client in TcpListener::bind(address).expect(\"it is free\").incoming() { \
         let _ = client.and_then(|mut client| client.write_all(b\"hello\")); } }";
    std::fs::write(folder.join("src/main.rs"), server).unwrap();
    std::fs::write(folder.join("build.rs"), build).unwrap();
    std::fs::write(folder.join("Cargo.toml"), "[package]\nname = \"server\"\nedition = \"2021\"\n[workspace]\n")
        .unwrap();
}

fn cargo_run(folder: &Path, port: &ReservedPort) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--offline", "--", &port.addr().to_string()]).current_dir(folder);
    for variable in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
    {
        command.env_remove(variable);
    }
    command.stderr(Stdio::piped());
    command
}

#[test]
fn cargo_run_that_builds_first() {
    let (port, folder) = (reserve(), Folder::new());
    write_package(&folder, "fn main() {}");
    for _ in 0..2 {
        let server = port.start(&mut cargo_run(&folder, &port), 5 * PLENTY).unwrap();
        assert_says_hello(server.addr());
        drop(server);
        assert_eq!(processes_in(&folder), [""; 0]);
    }
}

#[test]
fn cargo_run_whose_build_takes_too_long() {
    let (port, folder) = (reserve(), Folder::new());
    let build = "fn main() { std::fs::write(\"started\", \"\").unwrap(); std::thread::sleep(std::time::Duration::from_secs(600)) }";
    write_package(&folder, build);
    std::thread::scope(|scope| {
        let start = scope.spawn(|| port.start(&mut cargo_run(&folder, &port), Duration::from_secs(20)).unwrap_err());
        eventually("the build script", || start.is_finished() || folder.join("started").exists());
        let error = start.join().unwrap();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    });
    assert!(folder.join("started").exists());
    assert_eq!(processes_in(&folder), [""; 0]);
}

#[test]
fn cargo_run_of_what_does_not_compile() {
    let (port, folder) = (reserve(), Folder::new());
    write_package(&folder, "fn main() { no such thing }");
    let error = port.start(&mut cargo_run(&folder, &port), 5 * PLENTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    let message = error.to_string();
    assert!(
        message.contains("exit status: 101; its last output: ") && message.contains("could not compile"),
        "{message}"
    );
    assert_eq!(processes_in(&folder), [""; 0]);
}
