//! An entry point with command-line arguments: what is said there wins, and what is wrong elsewhere does not matter.

use std::process::Output;

use crate::support::Block;

fn run(arguments: &[&str], port: &str) -> Output {
    behaviour::command(env!("CARGO_BIN_EXE_arguments"))
        .args(arguments)
        .env("PORT", port)
        .output()
        .expect("it was built")
}

#[track_caller]
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn help_works_although_the_environment_is_wrong() {
    assert_eq!(printed(&run(&["--help"], "no port")), "usage: arguments [--port PORT]");
    let output = run(&[], "no port");
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("the environment variable PORT is `no port`"), "{error}");
}

#[test]
fn an_argument_wins_against_the_environment() {
    let block = Block::for_processes();
    let (argument, variable) = (block.port(1).to_string(), block.port(2).to_string());
    let url = |port: &str| format!("http://127.0.0.1:{port}");
    assert_eq!(printed(&run(&["--port", &argument], &variable)), url(&argument));
    assert_eq!(printed(&run(&[], &variable)), url(&variable));
    assert_eq!(printed(&run(&["--port", &argument], "no port")), url(&argument));
}

#[test]
fn zero_is_any_port() {
    let block = Block::for_processes();
    let taken = block.listener(1);
    let variable = block.port(1).to_string();
    let url = printed(&run(&["--port", "0"], &variable));
    let port: u16 = url.strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap();
    assert!(port != 0 && port != block.port(1));
    drop(taken);
}

#[test]
fn a_busy_one_is_an_error_and_never_another() {
    let block = Block::for_processes();
    let taken = block.listener(1);
    let output = run(&["--port", &block.port(1).to_string()], "");
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(&format!("{}", block.port(1))), "{error}");
    drop(taken);
}
