//! Programs, and people, that make it difficult.

use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::{ErrorKind, ServerProcess};
use test_support::{PLENTY, eventually};

use crate::support::{Odd, assert_says_hello, reserve};

const SHORT: Duration = Duration::from_millis(50);

fn kill(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

/// What is stopped gets no signal before it goes on, but for SIGKILL.
#[test]
fn a_program_that_is_stopped_is_asked_as_all_others() {
    let (port, odd) = (reserve(), Odd::new());
    let mut command = odd.command(&port, "child listen={} serve");
    let mut server = port.start(&mut command, PLENTY).unwrap().grace(Duration::from_secs(5));
    for pid in odd.processes() {
        kill("-STOP", pid);
    }
    assert_eq!(server.stop().unwrap().to_string(), "signal: 15 (SIGTERM)");
    odd.assert_gone();
}

#[test]
fn a_program_that_is_stopped_and_stubborn_is_killed() {
    let (port, odd) = (reserve(), Odd::new());
    let mut server = port.start(&mut odd.command(&port, "stubborn listen={} serve"), PLENTY).unwrap().grace(SHORT);
    kill("-STOP", server.id());
    assert_eq!(server.stop().unwrap().to_string(), "signal: 9 (SIGKILL)");
    odd.assert_gone();
}

/// Its end is told to the tracer first, and to the parent only when that has looked.
#[test]
#[cfg_attr(not(has_strace), ignore = "nobody may trace here")]
fn a_program_that_is_traced_by_one_who_does_not_look_hangs_nobody() {
    let (port, odd) = (reserve(), Odd::new());
    let mut command = odd.command(&port, "traceable listen={} serve");
    let mut server = port.start(&mut command, PLENTY).unwrap().grace(SHORT);
    let tracing = Odd::new();
    let mut tracer = tracing.steps(&format!("trace={} serve", server.id()));
    let tracer = ServerProcess::from_child(tracer.stdout(Stdio::piped()).spawn().unwrap());
    tracer.wait_until(PLENTY, |tracer| tracer.output_tail() == "it is traced\n").unwrap();
    let error = server.stop().unwrap_err();
    assert_eq!(error.to_string(), "the server cannot be ended: it runs still");
    drop(tracer);
    assert!(!server.stop().unwrap().success());
}

/// The process is a zombie, by what `/proc` tells of its first thread, and serves.
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn a_program_whose_first_thread_has_ended() {
    let odd = Odd::new();
    let steps = "listen=127.0.0.1:0 serve-aside leave";
    let server = ServerProcess::start(&mut odd.steps(steps), PLENTY).unwrap();
    eventually("the end of its first thread", || {
        std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap().contains(") Z ")
    });
    assert_says_hello(server.addr());
    assert_eq!(server.addrs(), [server.addr()]);
    server.wait_until(PLENTY, |_| true).unwrap();
    let address = server.addr();
    drop(server);
    assert!(std::net::TcpStream::connect(address).is_err(), "it is gone");
}

#[test]
fn a_program_whose_first_thread_ends_before_it_listens() {
    for (steps, behind) in [("sleep=50 listen={} serve-aside leave", ""), ("listen={} serve-aside leave", "child ")] {
        let (port, odd) = (reserve(), Odd::new());
        let server = port.start(&mut odd.command(&port, &format!("{behind}{steps}")), PLENTY).unwrap();
        assert_says_hello(server.addr());
        assert_eq!(server.addrs(), [port.addr()]);
        drop(server);
        assert!(std::net::TcpStream::connect(port.addr()).is_err(), "it is gone");
    }
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn no_time_and_all_the_time() {
    let (port, odd) = (reserve(), Odd::new());
    let error = port.start(&mut odd.command(&port, "sleep=60000"), Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    odd.assert_gone();
    let error = ServerProcess::start(&mut odd.steps("sleep=60000"), Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    odd.assert_gone();
    let server = port.start(&mut odd.command(&port, "sleep=20 listen={} serve"), Duration::MAX).unwrap();
    port.wait_until_listening(Duration::MAX).unwrap();
    server.wait_until(Duration::MAX, |_| true).unwrap();
    assert_eq!(server.wait_until(Duration::ZERO, |_| false).unwrap_err().kind(), ErrorKind::TimedOut);
    drop(server.grace(Duration::MAX));
    odd.assert_gone();
    drop(ServerProcess::start(&mut odd.steps("listen=127.0.0.1:0 serve"), Duration::MAX).unwrap());
    odd.assert_gone();
}

#[test]
fn an_environment_that_is_too_large_or_none_at_all() {
    let (port, odd) = (reserve(), Odd::new());
    let mut command = odd.command(&port, "child setsid listen={} serve");
    let error = port.start(command.env("LARGE", "x".repeat(200_000)), PLENTY).unwrap_err();
    assert!(error.to_string().starts_with("cannot start `"), "{error}");
    assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::ArgumentListTooLong);
    for command in [command.env_remove("LARGE"), odd.command(&port, "child setsid listen={} serve").env_clear()] {
        drop(port.start(command, PLENTY).unwrap());
        odd.assert_gone();
    }
}

#[test]
fn a_folder_that_is_gone() {
    let (port, odd) = (reserve(), Odd::new());
    let folder = test_support::Folder::new();
    let mut command = odd.command(&port, "listen={} serve");
    command.current_dir(&*folder);
    drop(port.start(&mut command, PLENTY).unwrap());
    let path = folder.display().to_string();
    drop(folder);
    let error = port.start(&mut command, PLENTY).unwrap_err();
    let expected = format!("` in {path}: No such file or directory (os error 2)");
    assert!(error.to_string().ends_with(&expected), "{error}");
}

/// Restarts must not be seen on it, and what carries a mark carries one.
#[test]
fn a_command_looks_the_same_after_twenty_starts() {
    let (port, odd) = (reserve(), Odd::new());
    let mut command = odd.command(&port, "listen={} serve");
    let start = |command: &mut Command| drop(port.start(command, PLENTY).unwrap());
    start(&mut command);
    let shown = format!("{command:?}");
    for _ in 0..20 {
        start(&mut command);
    }
    assert_eq!(format!("{command:?}"), shown);
}
