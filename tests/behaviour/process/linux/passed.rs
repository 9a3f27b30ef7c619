//! `PassListeners::start`: a server with its sockets, ready when it runs, and gone at the end.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use port_runtime::{ErrorKind, PassListeners, PortRequest};
use test_support::{PLENTY, eventually};

use crate::support::assert_says_hello;

fn listeners() -> [TcpListener; 2] {
    PortRequest::new().bind().unwrap()
}

fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).stdout(Stdio::piped());
    command
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn it_can_be_reached_from_the_first_moment_and_is_gone_at_the_end() {
    let listener: TcpListener = PortRequest::new().bind().unwrap();
    let address = listener.local_addr().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_example_binary_under_test"));
    let server = PassListeners::new().with("greetings", listener).start(command.arg("serve")).unwrap();
    assert_eq!(server.addr(), address);
    assert_says_hello(address);
    assert_eq!(server.addrs(), [address]);
    drop(server);
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody has the listener any more");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn of_several_sockets_the_lowest_port_is_the_address() {
    let [one, other] = listeners();
    let lowest = one.local_addr().unwrap().min(other.local_addr().unwrap());
    let mut server = PassListeners::new()
        .with("a", one)
        .with("b", other)
        .start(&mut shell("echo $LISTEN_FDNAMES; exec sleep 600"))
        .unwrap();
    assert_eq!(server.addr(), lowest);
    assert_eq!(server.addrs().len(), 2);
    server.wait_until(PLENTY, |server| server.output_tail() == "a:b\n").unwrap();
    server.stop().unwrap();
    assert!(std::net::TcpStream::connect(lowest).is_err());
}

#[test]
fn nothing_to_pass_is_an_error() {
    let error = PassListeners::new().start(&mut shell("true")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.to_string(), "there is no socket to pass; add one with `with`");
}

#[test]
fn a_program_that_is_missing_leaves_the_sockets() {
    let [listener, _] = listeners();
    let address = listener.local_addr().unwrap();
    let mut pass = PassListeners::new().with("a", listener);
    let error = pass.start(&mut Command::new("no-such-program")).unwrap_err();
    assert!(error.to_string().starts_with("cannot start `no-such-program`: "), "{error}");
    let server = pass.start(&mut shell("exec sleep 600")).unwrap();
    assert_eq!(server.addr(), address);
}

#[test]
fn one_that_ends_is_noticed() {
    let [listener, _] = listeners();
    let server = PassListeners::new().with("a", listener).start(&mut shell("sleep 0.1; echo bye; exit 5")).unwrap();
    let error = server.wait_until(10 * PLENTY, |_| false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    assert_eq!(error.to_string(), "`sh` ended before it was ready: exit status: 5; its last output: bye");
    eventually("its end", || std::fs::read(format!("/proc/{}/stat", server.id())).is_err());
}
