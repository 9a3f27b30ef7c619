//! The modes of a socket, which belong to it and not to a descriptor: who shares it in this process sees no other ones,
//! unless the program has the socket.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe to call, and closures make bare system calls")]

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use port_runtime::PassListeners;
use socket2::SockRef;

use crate::support::{consumer, listed, shell, tcp};

type Modes = (bool, Option<Duration>, Option<Duration>);

fn modes(listener: &TcpListener) -> Modes {
    let socket = SockRef::from(listener);
    (socket.nonblocking().unwrap(), socket.read_timeout().unwrap(), socket.write_timeout().unwrap())
}

/// One for the program, and one that a server in this process has.
fn shared(nonblocking: bool, timeout: Option<Duration>) -> (TcpListener, TcpListener) {
    let listener = tcp();
    listener.set_nonblocking(nonblocking).unwrap();
    SockRef::from(&listener).set_read_timeout(timeout).unwrap();
    SockRef::from(&listener).set_write_timeout(timeout).unwrap();
    let ours = listener.try_clone().unwrap();
    (listener, ours)
}

const SECOND: Option<Duration> = Some(Duration::from_secs(1));

#[test]
fn are_as_before_when_a_spawn_fails() {
    for (nonblocking, timeout) in [(false, None), (true, None), (false, SECOND), (true, SECOND)] {
        let (listener, ours) = shared(nonblocking, timeout);
        let mut passed = PassListeners::new().with("http", listener);
        let refuse = || Err(io::Error::from_raw_os_error(libc::EOWNERDEAD));
        let mut refused = shell("exit 0");
        // SAFETY: the closure does nothing.
        unsafe { refused.pre_exec(refuse) };
        let mut elsewhere = shell("exit 0");
        elsewhere.current_dir("/no/such/folder");
        for command in [&mut Command::new("no-such-program"), &mut refused, &mut elsewhere] {
            passed.spawn(command).expect_err("it cannot be started");
            assert_eq!(modes(&ours), (nonblocking, timeout, timeout));
        }
    }
}

#[test]
fn are_those_of_a_new_socket_in_the_program() {
    for (nonblocking, timeout) in [(false, None), (true, SECOND)] {
        let (listener, ours) = shared(nonblocking, timeout);
        let expected = format!("http tcp {}", listener.local_addr().unwrap());
        let mut passed = PassListeners::new().with("http", listener);
        let mut child = passed.spawn(&mut consumer(["sd-listen-fds", "list"])).unwrap();
        assert_eq!(listed(&mut child), [expected]);
        assert_eq!(modes(&ours), (false, None, None));
        assert!(child.wait().unwrap().success());
    }
}

/// A closure may take its time.
#[test]
fn are_changed_after_the_closures() {
    let (listener, _ours) = shared(true, None);
    let number: RawFd = listener.as_raw_fd();
    let look = move || {
        // SAFETY: takes numbers.
        let flags = unsafe { libc::fcntl(number, libc::F_GETFL) };
        if flags & libc::O_NONBLOCK == 0 { Err(io::Error::from_raw_os_error(libc::EOWNERDEAD)) } else { Ok(()) }
    };
    let mut command = shell("exit 0");
    // SAFETY: the closure makes one system call.
    unsafe { command.pre_exec(look) };
    let mut child = PassListeners::new().with("http", listener).spawn(&mut command).expect("it did not block by then");
    assert!(child.wait().unwrap().success());
}

/// A pipe has no timeouts; it goes along like a listener.
#[test]
fn of_what_is_no_socket_are_changed_too() {
    let (reader, writer) = io::pipe().unwrap();
    SockRef::from(&reader).set_nonblocking(true).unwrap();
    let mut passed = PassListeners::new().with("pipe", reader);
    let child = passed.spawn(&mut shell("cat <&3")).expect("it can be started");
    io::Write::write_all(&mut &writer, b"through").unwrap();
    drop(writer);
    assert_eq!(crate::support::output(child), "through");
}
