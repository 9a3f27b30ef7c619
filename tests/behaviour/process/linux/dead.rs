//! Ready or dead: each way of not coming up is an error of its own, and leaves nothing.

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use port_runtime::{ErrorKind, ReservedPort};
use test_support::{PLENTY, eventually};

use crate::support::{Odd, reserve};

#[track_caller]
fn refused(odd: &Odd, port: &ReservedPort, steps: &str, timeout: Duration) -> (ErrorKind, String) {
    let mut command = odd.command(port, steps);
    let error = port.start(command.stdout(Stdio::piped()).stderr(Stdio::piped()), timeout).unwrap_err();
    odd.assert_gone();
    (error.kind(), error.to_string())
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn who_listens_on_another_port() {
    let (port, odd, other) = (reserve(), Odd::new(), reserve());
    let steps = format!("listen={} serve", other.addr());
    let (kind, message) = refused(&odd, &port, &steps, Duration::from_secs(2));
    assert!(!message.contains("after 2s"), "it took all of its time: {message}");
    assert_eq!(kind, ErrorKind::TimedOut);
    let expected = format!("; it listens on {}: was it given this address?", other.addr());
    assert!(message.contains(&expected), "{message}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn who_listens_on_another_address() {
    let (port, odd) = (reserve(), Odd::new());
    let elsewhere = SocketAddr::from(([127, 0, 0, 2], port.port()));
    let (kind, message) = refused(&odd, &port, &format!("listen={elsewhere} serve"), Duration::from_secs(4));
    assert!(!message.contains("after 4s"), "it took all of its time: {message}");
    assert_eq!(kind, ErrorKind::TimedOut);
    let expected = format!("does not listen on {} after ", port.addr());
    assert!(message.contains(&expected) && message.contains(&format!("; it listens on {elsewhere}: ")), "{message}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn who_opens_a_second_port_first_is_waited_for() {
    let (port, odd, other) = (reserve(), Odd::new(), reserve());
    let steps = format!("listen={} sleep=200 listen={{}} serve", other.addr());
    let server = port.start(&mut odd.command(&port, &steps), PLENTY).unwrap();
    let mut both = [port.addr(), other.addr()];
    both.sort_unstable();
    assert_eq!(server.addrs(), both);
    assert_eq!(server.addr(), port.addr());
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn a_stranger_who_was_there_before() {
    let (port, odd) = (reserve(), Odd::new());
    let _listener = TcpListener::bind(port.addr()).unwrap();
    let (kind, message) = refused(&odd, &port, "listen={} serve", PLENTY);
    assert_eq!(kind, ErrorKind::PortInUse);
    let expected = format!("cannot start a program on {}: it is in use by this process", port.addr());
    assert_eq!(message, expected);
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn a_stranger_who_comes_first() {
    let (port, odd) = (reserve(), Odd::new());
    let (kind, message) = thread::scope(|scope| {
        let stranger = scope.spawn(|| {
            eventually("the start", || !odd.processes().is_empty());
            TcpListener::bind(port.addr()).unwrap()
        });
        let refused = refused(&odd, &port, "sleep=20000", PLENTY);
        drop(stranger.join().unwrap());
        refused
    });
    assert_eq!(kind, ErrorKind::PortInUse);
    let expected = format!("{} was taken by this process, which is no part of ", port.addr());
    assert!(message.contains(&expected), "{message}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn another_program_that_comes_first_has_a_name() {
    let (port, odd, rival) = (reserve(), Odd::new(), Odd::new());
    let (kind, message) = thread::scope(|scope| {
        let stranger = scope.spawn(|| {
            eventually("the start", || !odd.processes().is_empty());
            rival.command(&port, "listen={} serve").spawn().unwrap()
        });
        let refused = refused(&odd, &port, "sleep=20000", PLENTY);
        let mut stranger = stranger.join().unwrap();
        let named = format!("was taken by odd_server (pid {}", stranger.id());
        assert!(refused.1.contains(&named), "{}", refused.1);
        stranger.kill().unwrap();
        stranger.wait().unwrap();
        refused
    });
    assert_eq!(kind, ErrorKind::PortInUse, "{message}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn a_program_that_finds_the_port_taken_says_so_itself_and_the_error_says_by_whom() {
    let (port, odd) = (reserve(), Odd::new());
    let (kind, message) = thread::scope(|scope| {
        let stranger = scope.spawn(|| {
            eventually("the start", || !odd.processes().is_empty());
            TcpListener::bind(port.addr()).unwrap()
        });
        // Its bind may be first to notice, or this process.
        let refused = refused(&odd, &port, "sleep=1000 listen={} serve", PLENTY);
        drop(stranger.join().unwrap());
        refused
    });
    assert!([ErrorKind::PortInUse, ErrorKind::ProcessEnded].contains(&kind), "{message}");
    assert!(message.contains("this process"), "{message}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn a_daemon_is_told_to_stay_in_the_foreground_and_does_not_stay() {
    let (port, odd) = (reserve(), Odd::new());
    let (kind, message) = refused(&odd, &port, "daemon setsid sleep=50 listen={} serve", PLENTY);
    assert_eq!(kind, ErrorKind::ProcessEnded);
    let expected =
        "exit status: 0; a process that it left behind listens there; run it in the foreground, not as a daemon";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_bad_flag() {
    let (port, odd) = (reserve(), Odd::new());
    let (kind, message) = refused(&odd, &port, "no-such-step", PLENTY);
    assert_eq!(kind, ErrorKind::ProcessEnded);
    assert!(message.contains("exit status: 101; its last output: ") && message.contains("no-such-step"), "{message}");
    assert!(!message.contains('\n'), "{message}");
}

#[test]
fn a_program_that_is_killed() {
    let (port, odd) = (reserve(), Odd::new());
    let message = thread::scope(|scope| {
        let killer = scope.spawn(|| {
            eventually("the start", || !odd.processes().is_empty());
            let pid = odd.processes()[0].to_string();
            std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap();
        });
        let (_, message) = refused(&odd, &port, "sleep=20000", PLENTY);
        killer.join().unwrap();
        message
    });
    assert!(message.contains("signal: 9 (SIGKILL)"), "{message}");
}

#[test]
fn after_each_failure_the_port_is_reserved_and_the_next_start_succeeds() {
    let (port, odd) = (reserve(), Odd::new());
    for steps in ["exit=1", "no-such-step", "daemon listen={} serve"] {
        refused(&odd, &port, steps, PLENTY);
        drop(port.start(&mut odd.command(&port, "listen={} serve"), PLENTY).unwrap());
        odd.assert_gone();
    }
}
