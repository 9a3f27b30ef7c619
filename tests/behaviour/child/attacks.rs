//! `pre_exec` closures of the user's that do with descriptors what they like: the program gets its sockets, or there is an
//! error, no program, and the sockets are still here.
#![allow(unsafe_code)] // `pre_exec` is unsafe to call, and closures make bare system calls

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use port_runtime::PassListeners;

use crate::support::{alone, ask_tcp, consumer, listed, output, own_children, plainly, shell, tcp};

fn with(mut command: Command, closure: impl FnMut() -> io::Result<()> + Send + Sync + 'static) -> Command {
    // SAFETY: the closures of these tests make system calls, and nothing else.
    unsafe { command.pre_exec(closure) };
    command
}

/// The command gets just this listener, or nothing is left of it and another command gets the listener.
fn passes_or_fails(mut command: Command) -> io::Result<()> {
    let listener = tcp();
    let address = listener.local_addr().expect("bound");
    let mut passed = PassListeners::new().with("http", listener);
    let (result, mut child) = match passed.spawn(&mut command) {
        Ok(child) => (Ok(()), child),
        Err(error) => (Err(error), passed.spawn(&mut consumer(["sd-listen-fds", "serve"])).expect("still here")),
    };
    assert_eq!(listed(&mut child), [format!("http tcp {address}")], "{result:?}");
    assert_eq!(ask_tcp(address), child.id(), "{result:?}");
    assert!(child.wait().expect("a child").success());
    result
}

fn server() -> Command {
    consumer(["sd-listen-fds", "serve"])
}

/// As a shell does it for `7>file`.
fn puts_a_file_at(number: RawFd) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    let file = File::open("/dev/null").expect("it is there");
    // SAFETY: both are numbers; what was there is nobody's in a process that is about to be replaced.
    move || if unsafe { libc::dup2(file.as_raw_fd(), number) } == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

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

fn close_from(first: libc::c_uint) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    // SAFETY: takes numbers; what is closed is nobody's in a process that is about to be replaced.
    move || match unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
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
    let close = || {
        // SAFETY: takes numbers, of which nobody needs what is behind them, also where nothing is.
        (3..1024).for_each(|number| _ = unsafe { libc::close(number) });
        Ok(())
    };
    passes_or_fails(with(server(), close)).expect("the listener is not there");
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
        // SAFETY: takes numbers.
        unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
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
        let inheritable = || {
            // SAFETY: takes numbers; on what is not open it fails.
            (1024..1100).for_each(|number| _ = unsafe { libc::fcntl(number, libc::F_SETFD, 0) });
            Ok(())
        };
        let mut command = with(consumer(["describe"]), inheritable);
        let child = PassListeners::new().with("a", tcp()).with("b", tcp()).spawn(&mut command).expect("started");
        let description = output(child);
        let sockets: Vec<_> = description.lines().filter(|line| line.ends_with("socket:")).collect();
        assert_eq!(sockets, ["descriptor: 3 socket:", "descriptor: 4 socket:"]);
    });
}

#[test]
fn what_limits_descriptors_is_an_error_or_does_no_harm() {
    for limit in [3, 100] {
        let set = move || {
            let limit = libc::rlimit { rlim_cur: limit, rlim_max: limit };
            // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
            match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            }
        };
        let result = passes_or_fails(with(server(), set));
        assert_eq!(result.err().and_then(|error| error.raw_os_error()), (limit == 3).then_some(libc::EBADF));
    }
}

/// As a daemon is made: the process that was started ends, and its child becomes the program.
#[test]
fn what_forks_passes_the_listeners_on_to_the_fork() {
    let fork = || {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            0 => Ok(()),
            -1 => Err(io::Error::last_os_error()),
            // SAFETY: ends the process, which has nothing to clean up.
            _ => unsafe { libc::_exit(7) },
        }
    };
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
        // SAFETY: the strings are static.
        let status = unsafe { libc::chroot(c"/".as_ptr()) + libc::chdir(c"/".as_ptr()) + libc::setuid(65534) };
        if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    let mut command = with(shell("id -u; test $LISTEN_PID = $$ && echo $LISTEN_FDS"), change);
    let child = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
    assert_eq!(output(child), "65534\n1\n");
}

/// Where the copies lie until they are placed: a look at them from inside.
fn looks_at_copies(good: fn(&[RawFd]) -> bool) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    move || {
        let mut numbers = [0; 64];
        let mut count = 0;
        for number in 3..8192 {
            // SAFETY: takes numbers; on what is not open it fails.
            if unsafe { libc::fcntl(number, libc::F_GETFD) } != -1 {
                numbers[count] = number;
                count += 1;
            }
        }
        if good(&numbers[..count]) { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::EOWNERDEAD)) }
    }
}

fn limit_descriptors(limit: libc::rlim_t) {
    let limit = libc::rlimit { rlim_cur: limit, rlim_max: limit };
    // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
    let status = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    assert_eq!(status, 0, "{}", io::Error::last_os_error());
}

#[test]
fn copies_lie_high_where_that_is_allowed() {
    alone("attacks::copies_lie_high_where_that_is_allowed", plainly, || {
        let high = |numbers: &[RawFd]| numbers.iter().filter(|number| (1024..4096).contains(*number)).count() == 2;
        limit_descriptors(1026);
        passes_or_fails(with(server(), looks_at_copies(high))).expect("there is room");
        // From here on one of the two, and then both have to lie lower.
        for limit in [1025, 1024, 100] {
            limit_descriptors(limit);
            passes_or_fails(with(server(), looks_at_copies(|numbers| numbers.len() > 2))).expect("there is room below");
        }
    });
}

#[test]
fn copies_lie_low_where_all_higher_numbers_are_taken() {
    alone("attacks::copies_lie_low_where_all_higher_numbers_are_taken", plainly, || {
        limit_descriptors(5000);
        let null = File::open("/dev/null").expect("it is there");
        // SAFETY: takes numbers, of which nobody has any.
        (1024..4096).for_each(|number| _ = unsafe { libc::dup3(null.as_raw_fd(), number, libc::O_CLOEXEC) });
        let close = || {
            // Or there would be too many to look at.
            // SAFETY: takes numbers.
            (1024..4096).for_each(|number| _ = unsafe { libc::close(number) });
            Ok(())
        };
        let low = |numbers: &[RawFd]| numbers.iter().all(|number| *number < 1024);
        passes_or_fails(with(with(server(), close), looks_at_copies(low))).expect("there is room below");
    });
}
