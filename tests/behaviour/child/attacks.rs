//! `pre_exec` closures of the user's that do with descriptors what they like: the program gets its sockets, or there is an
//! error, no program, and the sockets are still here.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe to call, and closures make bare system calls")]

use std::io;
use std::ops::Range;
use std::os::fd::RawFd;
use std::process::Command;

use port_runtime::PassListeners;

use crate::closures::{
    close_each, close_from, fork, limit_descriptors, make_inheritable, passes_or_fails, puts_a_file_at, server, with,
};
use crate::support::{alone, ask_tcp, consumer, listed, output, own_children, plainly, shell, tcp};

/// Whatever lies there: what std reports on, what was opened first, the copies that are placed.
const NUMBERS: [Range<RawFd>; 2] = [3..20, 1024..1030];

#[test]
fn a_file_at_any_number_is_not_taken_for_a_listener() {
    alone("attacks::a_file_at_any_number_is_not_taken_for_a_listener", plainly, || {
        for number in NUMBERS.into_iter().flatten() {
            if let Err(error) = passes_or_fails(with(server(), puts_a_file_at(number))) {
                assert!(number >= 1024 && error.to_string().contains("a `pre_exec` closure has "), "{number}: {error}");
            }
        }
    });
}

/// Not even where the file is at the number on which the program's failure would be reported.
#[cfg_attr(emulated, ignore = "qemu loses the errors of posix_spawn(3), and so those of std")]
#[test]
fn a_missing_program_is_not_taken_for_a_started_one() {
    alone("attacks::a_missing_program_is_not_taken_for_a_started_one", plainly, || {
        for number in NUMBERS.into_iter().flatten() {
            let missing = with(Command::new("no-such-program"), puts_a_file_at(number));
            passes_or_fails(missing).expect_err("there is no such program");
        }
    });
    passes_or_fails(with(Command::new("no-such-program"), close_from(3))).expect_err("there is no such program");
}

#[cfg_attr(emulated, ignore = "close_range(2) closes what the emulator needs")]
#[test]
fn what_closes_everything_is_an_error() {
    for first in [3, 4, 5, 8, 100, 1000] {
        let error = passes_or_fails(with(server(), close_from(first))).expect_err("nothing is left to be placed");
        assert_eq!(
            error.to_string(),
            "the program was not run: a `pre_exec` closure has ended the process, or closed or replaced what it had not \
             opened; let it leave alone everything from 1024 on"
        );
    }
}

/// The daemons' loop, from before there was `close_range`.
#[test]
fn what_closes_the_lower_numbers_does_no_harm() {
    passes_or_fails(with(server(), close_each(3..1024))).expect("the listener is not there");
}

#[test]
fn what_ends_the_process_is_an_error() {
    for code in [0, 1] {
        // SAFETY: ends the fork, which has nothing to clean up.
        let end = move || unsafe { libc::_exit(code) };
        let error = passes_or_fails(with(server(), end)).expect_err("it was not run");
        assert!(error.to_string().starts_with("the program was not run: "), "{error}");
    }
    let kill = || {
        // SAFETY: takes a number.
        unsafe { libc::raise(libc::SIGKILL) };
        Ok(())
    };
    passes_or_fails(with(server(), kill)).expect_err("it was not run");
}

/// It would run for a minute, and nobody would know of it.
#[test]
fn what_runs_another_program_is_an_error() {
    alone("attacks::what_runs_another_program_is_an_error", plainly, || {
        let run = || {
            let arguments = [c"sleep".as_ptr(), c"60".as_ptr(), std::ptr::null()];
            // SAFETY: the strings are static, and the array ends in a null pointer.
            unsafe { libc::execvp(arguments[0], arguments.as_ptr()) };
            Err(io::Error::last_os_error())
        };
        passes_or_fails(with(server(), run)).expect_err("it was not run");
        assert_eq!(own_children(), [""; 0]);
    });
}

/// Some libraries do so to pass on what they have opened.
#[test]
fn what_makes_everything_inheritable_lets_nothing_of_ours_through() {
    alone("attacks::what_makes_everything_inheritable_lets_nothing_of_ours_through", plainly, || {
        let mut command = with(consumer(["describe"]), make_inheritable(1024..1100));
        let child = PassListeners::new().with("a", tcp()).with("b", tcp()).spawn(&mut command).expect("started");
        let description = output(child);
        let sockets: Vec<_> = description.lines().filter(|line| line.ends_with("socket:")).collect();
        assert_eq!(sockets, ["descriptor: 3 socket:", "descriptor: 4 socket:"]);
    });
}

#[test]
fn what_limits_descriptors_is_an_error_or_does_no_harm() {
    for limit in [3, 100] {
        let result = passes_or_fails(with(server(), move || limit_descriptors(limit)));
        assert_eq!(result.err().and_then(|error| error.raw_os_error()), (limit == 3).then_some(libc::EBADF));
    }
}

/// As a daemon is made: the process that was started ends, and its child becomes the program.
#[test]
fn what_forks_passes_the_listeners_on_to_the_fork() {
    let listener = tcp();
    let address = listener.local_addr().expect("bound");
    let mut passed = PassListeners::new().with("http", listener);
    let mut child = passed.spawn(&mut with(server(), fork)).expect("it can be started");
    assert_eq!(listed(&mut child), [format!("http tcp {address}")]);
    assert_ne!(ask_tcp(address), child.id());
    assert_eq!(child.wait().expect("a child").code(), Some(7));
}

#[test]
fn what_changes_the_root_and_the_user_does_no_harm() {
    // SAFETY: always sound to call.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let change = || {
        // SAFETY: the string is static.
        let root = unsafe { libc::chroot(c"/".as_ptr()) };
        // SAFETY: likewise.
        let folder = unsafe { libc::chdir(c"/".as_ptr()) };
        // SAFETY: takes a number.
        let user = unsafe { libc::setuid(65534) };
        if root + folder + user == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    let mut command = with(shell("id -u; test $LISTEN_PID = $$ && echo $LISTEN_FDS"), change);
    let child = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
    assert_eq!(output(child), "65534\n1\n");
}
