//! What comes from outside where no sockets are passed: environment variables. For other systems see `outside`.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use test_support::forks;

use crate::support::Block;

/// What a process answers that wants one port.
fn ask(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = behaviour::command(env!("CARGO_BIN_EXE_asker"));
    command.args(arguments).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let output = forks::spawn(&mut command).unwrap().wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn no_socket_is_ever_passed() {
    let passed = [("LISTEN_FDS", "1"), ("LISTEN_FDNAMES", "http")];
    for source in ["inherit", "inherit=http"] {
        let answer = ask(&["tcp", source], &passed);
        assert!(answer.starts_with("bound 127.0.0.1:"), "{answer}");
    }
}

#[test]
fn a_variable_names_the_port() {
    let block = Block::for_processes();
    let (port, address) = (block.port(1).to_string(), format!("127.0.0.1:{}", block.port(1)));
    for value in [&port, &address] {
        for kind in ["tcp", "udp", "both"] {
            assert_eq!(ask(&[kind, "env=PORT"], &[("PORT", value)]), format!("bound {address}"));
        }
    }
    let answer = ask(&["tcp", "env=PORT"], &[("PORT", "")]);
    assert!(answer.starts_with("bound 127.0.0.1:") && answer != format!("bound {address}"), "{answer}");
}

#[test]
fn a_variable_takes_a_port_from_nobody() {
    let block = Block::for_processes();
    let _busy = TcpListener::bind((Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    let answer = ask(&["tcp", "env=PORT", "prefer=1"], &[("PORT", &block.port(1).to_string())]);
    assert!(answer.starts_with("PortInUse "), "{answer}");
}

#[test]
fn a_variable_that_makes_no_sense_is_an_error() {
    for value in ["http", "70000", "127.0.0.1:0:0"] {
        let answer = ask(&["tcp", "env=PORT"], &[("PORT", value)]);
        assert!(answer.starts_with("EnvironmentVariable "), "{value}: {answer}");
    }
}
