//! The end of the test program itself: servers in statics are ended, too, and a fork ends nobody's.
#![allow(unsafe_code, reason = "system calls")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio, exit};
use std::sync::LazyLock;

use port_runtime::{PortRequest, ReservedPort, ServerProcess};
use test_support::{PLENTY, eventually};

use crate::support::{Odd, assert_says_hello};

const INSIDE: &str = "PROCESS_AT_EXIT";

static PORT: LazyLock<ReservedPort> = LazyLock::new(|| PortRequest::new().bind().unwrap());
static SERVER: LazyLock<ServerProcess> = LazyLock::new(|| {
    let steps = std::env::var(INSIDE).unwrap();
    // An emulator, and the program for it, stand in front of the steps.
    let words = behaviour::words(env!("CARGO_BIN_EXE_odd_server")).count() - 1;
    let mut command: Command = behaviour::command(env!("CARGO_BIN_EXE_odd_server"));
    command.args(steps.replace("{}", &PORT.addr().to_string()).split_whitespace().skip(words));
    PORT.start(&mut command, PLENTY).unwrap().grace(std::time::Duration::from_millis(200))
});

/// Runs the test of this name again in a process of its own, with the steps of the server in a variable.
#[track_caller]
fn run_again(test: &str, steps: &str, expected: Option<i32>) {
    let odd = Odd::new();
    let mut process = inside(test, &odd, steps).spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ids: Vec<String> = lines.filter_map(|line| line.strip_prefix("the server is ").map(str::to_owned)).collect();
    let status = process.wait().unwrap();
    assert_eq!(status.code(), expected);
    assert_eq!(ids.len(), 1, "it was started");
    eventually("the end of the server", || odd.processes().is_empty());
}

fn inside(test: &str, odd: &Odd, steps: &str) -> Command {
    let steps = odd.steps(steps);
    let steps: Vec<_> = steps.get_args().map(|step| step.to_str().unwrap()).collect();
    let mut command = behaviour::command(&behaviour::this_test());
    command.args(["--exact", &format!("linux::at_exit::{test}"), "--nocapture"]).env(INSIDE, steps.join(" "));
    command.stdout(Stdio::piped());
    command
}

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

fn announce() {
    println!("\nthe server is {}", SERVER.id());
    std::io::stdout().flush().unwrap();
    assert_says_hello(SERVER.addr());
}

/// As a terminal sends them, and as test runners do to who takes too long.
#[test]
fn a_signal_to_the_group_of_the_test_program_ends_its_programs() {
    if is_inside() {
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT] {
            // SAFETY: no handler is involved. They are ignored by whoever runs in the background of a shell.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        announce();
        std::thread::sleep(PLENTY);
        return;
    }
    for signal in ["-HUP", "-INT", "-QUIT", "-TERM", "-KILL"] {
        let odd = Odd::new();
        let mut command =
            inside("a_signal_to_the_group_of_the_test_program_ends_its_programs", &odd, "mortal child listen={} serve");
        let mut process = command.process_group(0).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.starts_with("the server is ")), "it was started");
        assert_eq!(odd.processes().len(), 2);
        let group = format!("-{}", process.id());
        assert!(Command::new("kill").args([signal, "--", &group]).status().unwrap().success());
        assert_eq!(process.wait().unwrap().code(), None);
        eventually("the end of the server", || odd.processes().is_empty());
    }
}

#[test]
fn a_static_is_ended_with_the_test_program() {
    if is_inside() {
        return announce();
    }
    run_again("a_static_is_ended_with_the_test_program", "child stubborn listen={} serve", Some(0));
}

#[test]
fn exit_ends_what_nobody_drops() {
    if is_inside() {
        announce();
        exit(7);
    }
    run_again("exit_ends_what_nobody_drops", "child setsid listen={} serve", Some(7));
}

#[test]
fn a_panic_hook_may_exit() {
    if is_inside() {
        std::panic::set_hook(Box::new(|_| exit(8)));
        announce();
        panic!("a failed assertion");
    }
    run_again("a_panic_hook_may_exit", "listen={} serve", Some(8));
}

#[test]
fn a_fork_that_exits_first_ends_nothing() {
    if is_inside() {
        announce();
        // SAFETY: the child calls `exit` at once, which runs the handlers of its copy: that is what is tested. No other
        // thread of this process has a lock that they need.
        match unsafe { libc::fork() } {
            0 => exit(0),
            child => {
                let mut status = 0;
                // SAFETY: the pointer is to an `int`.
                unsafe { libc::waitpid(child, &raw mut status, 0) };
                assert_eq!(status, 0);
            }
        }
        assert_says_hello(SERVER.addr());
        return;
    }
    run_again("a_fork_that_exits_first_ends_nothing", "listen={} serve", Some(0));
}

#[test]
fn a_fork_that_drops_its_copy_ends_nothing() {
    if is_inside() {
        announce();
        let port: ReservedPort = PortRequest::new().bind().unwrap();
        let mut command = behaviour::command(env!("CARGO_BIN_EXE_odd_server"));
        let server = port.start(command.args([&format!("listen={}", port.addr()), "serve"]), PLENTY).unwrap();
        // SAFETY: as above.
        match unsafe { libc::fork() } {
            0 => {
                drop(server);
                exit(0);
            }
            child => {
                let mut status = 0;
                // SAFETY: as above.
                unsafe { libc::waitpid(child, &raw mut status, 0) };
            }
        }
        assert_says_hello(server.addr());
        return;
    }
    run_again("a_fork_that_drops_its_copy_ends_nothing", "listen={} serve", Some(0));
}

#[test]
fn children_that_nobody_waits_for() {
    if is_inside() {
        // SAFETY: children of this process leave no zombies from here on, and std's `wait` fails.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
        announce();
        let port: ReservedPort = PortRequest::new().bind().unwrap();
        let odd = Odd::new();
        let mut server = port.start(&mut odd.command(&port, "child listen={} serve"), PLENTY).unwrap();
        assert_eq!(server.stop().unwrap_err().to_string(), "the server has ended, and its status is not known");
        odd.assert_gone();
        let error = port.start(&mut odd.command(&port, "exit=3"), PLENTY).unwrap_err();
        assert_eq!(error.kind(), port_runtime::ErrorKind::ProcessEnded);
        assert!(error.to_string().contains("its status is not known"), "{error}");
        return;
    }
    run_again("children_that_nobody_waits_for", "listen={} serve", Some(0));
}
