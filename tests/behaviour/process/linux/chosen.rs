//! `ServerProcess::start`: a program chooses its port itself, and the kernel tells which.

use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::{ErrorKind, ServerProcess};
use test_support::PLENTY;

use crate::support::{Odd, assert_says_hello};

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn one_port() {
    let odd = Odd::new();
    let server = ServerProcess::start(&mut odd.steps("sleep=50 listen=127.0.0.1:0 serve"), PLENTY).unwrap();
    assert_says_hello(server.addr());
    assert_eq!(server.addrs(), [server.addr()]);
    assert_ne!(server.port(), 0);
    assert_eq!(server.url("http"), format!("http://127.0.0.1:{}", server.port()));
    drop(server);
    odd.assert_gone();
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn two_ports_and_the_lowest_is_the_address() {
    let odd = Odd::new();
    let steps = "listen=127.0.0.1:0 listen=127.0.0.1:0 serve";
    let server = ServerProcess::start(&mut odd.steps(steps), PLENTY).unwrap();
    // It is ready when it listens on the first of them.
    server.wait_until(PLENTY, |server| server.addrs().len() == 2).unwrap();
    let addresses = server.addrs();
    assert!(addresses.is_sorted_by_key(std::net::SocketAddr::port), "{addresses:?}");
    for address in addresses {
        assert_says_hello(address);
    }
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_ipv6), ignore = "::1 cannot be bound")]
fn both_families() {
    let odd = Odd::new();
    let server = ServerProcess::start(&mut odd.steps("listen=[::]:0 serve"), PLENTY).unwrap();
    assert!(server.addr().ip().is_unspecified() && server.addr().is_ipv6());
    assert_eq!(server.url("http"), format!("http://[::1]:{}", server.port()));
    assert_says_hello(([127, 0, 0, 1], server.port()).into());
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn behind_a_shell() {
    let odd = Odd::new();
    let inner = odd.steps("listen=127.0.0.1:0 serve");
    let mut command = Command::new("sh");
    command.args(["-c", r#""$0" "$@" & wait"#]).arg(inner.get_program()).args(inner.get_args());
    let server = ServerProcess::start(&mut command, PLENTY).unwrap();
    assert_says_hello(server.addr());
    drop(server);
    odd.assert_gone();
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn nowhere() {
    let odd = Odd::new();
    let error = ServerProcess::start(&mut odd.steps("serve"), Duration::from_millis(100)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let expected = "listens on no TCP port after 100ms; was it told to choose one itself?";
    assert!(error.to_string().ends_with(expected), "{error}");
    odd.assert_gone();
    let error = ServerProcess::start(&mut odd.steps("sleep=50 exit=2"), PLENTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    assert!(error.to_string().contains("ended before it listened on a port: exit status: 2"), "{error}");
}

#[test]
#[should_panic(expected = "listens nowhere")]
fn a_child_that_listens_nowhere_has_no_address() {
    let child = Odd::new().steps("serve").spawn().unwrap();
    let _ = ServerProcess::from_child(child).addr();
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn a_child_that_was_spawned_in_another_way_has_one() {
    let odd = Odd::new();
    let child = odd.steps("listen=127.0.0.1:0 child sleep=60000").spawn().unwrap();
    let server = ServerProcess::from_child(child);
    server.wait_until(PLENTY, |server| !server.addrs().is_empty()).unwrap();
    assert_eq!([server.addr()].as_slice(), server.addrs());
    drop(server);
    odd.assert_gone();
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_python3), ignore = "python3 is not installed")]
fn python() {
    let mut command = Command::new("python3");
    command.args(["-m", "http.server", "--bind", "127.0.0.1", "0"]).stderr(Stdio::null()).stdout(Stdio::null());
    let server = ServerProcess::start(&mut command, PLENTY).unwrap();
    std::net::TcpStream::connect(server.addr()).unwrap();
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_node), ignore = "node is not installed")]
fn node() {
    let mut command = Command::new("node");
    command.args(["-e", "require('http').createServer((_, answer) => answer.end()).listen(0, '127.0.0.1')"]);
    let server = ServerProcess::start(&mut command, PLENTY).unwrap();
    std::net::TcpStream::connect(server.addr()).unwrap();
}

/// To Redis, 0 means that it should not listen at all.
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
fn redis_listens_nowhere() {
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--save", ""]).stdout(Stdio::piped());
    let error = ServerProcess::start(&mut command, PLENTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    assert!(error.to_string().contains("not listen anywhere"), "{error}");
}
