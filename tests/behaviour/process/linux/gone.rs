//! Gone at the end, whatever the end is, and whoever does not want to.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::{Duration, Instant};

use port_runtime::{PortRequest, ReservedPort, ServerProcess};
use test_support::{PLENTY, eventually};

use crate::support::{Odd, assert_says_hello, reserve};

const SHORT: Duration = Duration::from_millis(50);

fn start(odd: &Odd, port: &ReservedPort, steps: &str) -> ServerProcess {
    port.start(&mut odd.command(port, steps), PLENTY).unwrap()
}

#[test]
fn after_a_panic() {
    let (port, odd) = (reserve(), Odd::new());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _server = start(&odd, &port, "child listen={} serve");
        panic!("a failed assertion");
    }));
    assert!(panicked.is_err());
    odd.assert_gone();
}

#[test]
fn after_a_question_mark() {
    let (port, odd) = (reserve(), Odd::new());
    let fails = || -> Result<(), std::num::ParseIntError> {
        let _server = start(&odd, &port, "listen={} serve");
        "x".parse::<u32>()?;
        Ok(())
    };
    fails().unwrap_err();
    odd.assert_gone();
}

#[test]
fn who_ignores_sigterm_is_killed_after_its_grace() {
    let (port, odd) = (reserve(), Odd::new());
    let mut server = start(&odd, &port, "stubborn listen={} serve").grace(SHORT);
    let started = Instant::now();
    let status = server.stop().unwrap();
    assert!(started.elapsed() >= SHORT, "it had no time");
    assert_eq!(status.to_string(), "signal: 9 (SIGKILL)");
    odd.assert_gone();
}

#[test]
fn who_does_not_is_asked_by_the_signal_that_was_chosen() {
    for (signal, name) in [(15, "SIGTERM"), (2, "SIGINT"), (3, "SIGQUIT")] {
        let (port, odd) = (reserve(), Odd::new());
        let status = start(&odd, &port, "mortal listen={} serve").stop_signal(signal).stop().unwrap();
        assert!(status.to_string().starts_with(&format!("signal: {signal} ({name})")), "{status}");
    }
}

#[test]
fn workers_that_outlive_their_parent() {
    let (port, odd) = (reserve(), Odd::new());
    let mut server = start(&odd, &port, "child setsid stubborn listen={} serve");
    // As a crash does it: nobody is told, and the worker has no parent.
    server.child().kill().unwrap();
    eventually("the end of the child", || odd.processes().len() == 1);
    drop(server);
    odd.assert_gone();
}

#[test]
fn a_child_that_is_a_zombie_already() {
    let (port, odd) = (reserve(), Odd::new());
    let mut server = start(&odd, &port, "listen={} serve");
    Command::new("kill").args(["-KILL", &server.id().to_string()]).status().unwrap();
    eventually("its end", || odd.processes().is_empty());
    assert_eq!(server.stop().unwrap().to_string(), "signal: 9 (SIGKILL)");
}

#[test]
fn who_was_given_back_is_left_alone() {
    let (port, odd) = (reserve(), Odd::new());
    let mut child = start(&odd, &port, "listen={} serve").into_child();
    std::thread::sleep(SHORT);
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The server closes first, so the number is in `TIME_WAIT` when the next one starts.
#[test]
fn twenty_restarts_on_one_reserved_port() {
    let (port, odd) = (reserve(), Odd::new());
    for _ in 0..20 {
        let server = start(&odd, &port, "listen={} serve");
        let mut client = TcpStream::connect(server.addr()).unwrap();
        assert_eq!(client.read_to_string(&mut String::new()).unwrap(), 5);
        drop(server);
        odd.assert_gone();
        let rival = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert_ne!(rival.local_addr().unwrap().port(), port.port());
    }
    assert_eq!(
        PortRequest::new().range(port.port()..=port.port()).bind::<ReservedPort>().err().map(|it| it.kind()),
        Some(port_runtime::ErrorKind::NoFreePort)
    );
}

#[test]
fn many_at_once() {
    let odd = Odd::new();
    let ports: [ReservedPort; 10] = PortRequest::new().bind().unwrap();
    let servers: Vec<_> = ports.iter().map(|port| start(&odd, port, "child listen={} serve")).collect();
    assert_eq!(odd.processes().len(), 20);
    std::thread::scope(|scope| {
        for server in servers {
            scope.spawn(move || drop(server));
        }
    });
    odd.assert_gone();
}

#[test]
fn the_command_can_be_used_again_without_being_taken_for_the_server() {
    let (port, odd, other) = (reserve(), Odd::new(), reserve());
    let mut command = odd.command(&port, "listen={} serve");
    drop(port.start(&mut command, PLENTY).unwrap());
    let server = port.start(&mut command, PLENTY).unwrap();
    let mut plain = Command::new("sleep").arg("1000").spawn().unwrap();
    let second = start(&odd, &other, "listen={} serve");
    drop(server);
    assert_says_hello(second.addr());
    assert!(plain.try_wait().unwrap().is_none());
    plain.kill().unwrap();
    plain.wait().unwrap();
}

#[test]
fn many_start_at_once_and_end_at_once() {
    let odd = &Odd::new();
    let ports: [port_runtime::ReservedPort; 20] = port_runtime::PortRequest::new().bind().unwrap();
    let servers: Vec<ServerProcess> = std::thread::scope(|scope| {
        let start = |port| {
            move || {
                let port: &port_runtime::ReservedPort = port;
                port.start(&mut odd.command(port, "listen={} serve"), PLENTY).unwrap()
            }
        };
        let threads: Vec<_> = ports.iter().map(|port| scope.spawn(start(port))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (server, port) in servers.iter().zip(&ports) {
        assert_eq!(server.addr(), port.addr());
        assert_says_hello(server.addr());
    }
}
