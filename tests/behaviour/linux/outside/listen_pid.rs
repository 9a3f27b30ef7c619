//! For whom the sockets are: `LISTEN_PID` and `LISTEN_PIDFDID`.
#![allow(unsafe_code, reason = "bare system calls")]

use std::env;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process;

use port_runtime::PortRequest;

use super::descriptors::{identity, is_close_on_exec};
use super::misfits::{pipe, unix_listener};
use super::{inherit, tcp};
use crate::support::Child;
use crate::support::asker::{Answer, Asker};
use crate::support::given::{Given, given_address, given_addresses};
use crate::support::trace::{Traced, watch};

const EXECUTED: &str = "BEHAVIOUR_EXECUTED";

/// What passed sockets are answered with that are meant for another process, or for nobody: a port of the kernel's.
#[track_caller]
fn assert_absent(answer: Answer, passed: &TcpListener) {
    let address = answer.expect("it is not our business what was passed");
    assert!(address.ip().is_loopback());
    assert_ne!(address, passed.local_addr().unwrap());
}

#[test]
fn of_another_process_is_absent() {
    let own = process::id().to_string();
    let variables = [
        vec![("LISTEN_PID", own.as_str())],
        vec![("LISTEN_PID", "1")],
        vec![("LISTEN_PID", "0")],
        vec![("LISTEN_PID", "18446744073709551615")],
        // It is not our business either whether the rest makes sense.
        vec![("LISTEN_PID", "1"), ("LISTEN_FDS", "garbage")],
        vec![("LISTEN_PID", "1"), ("LISTEN_FDNAMES", "a:b:c")],
        vec![("LISTEN_PID", "1"), ("LISTEN_PIDFDID", "garbage")],
    ];
    for variables in variables {
        for arguments in [["tcp", "inherit"], ["tcp", "inherit=http"]] {
            let passed = tcp();
            let given = |it: &mut Given| {
                it.descriptor(passed.try_clone().unwrap());
                for &(name, value) in &variables {
                    it.variable(name, value);
                }
            };
            assert_absent(Asker::new(arguments).given(given).ask(), &passed);
        }
    }
}

#[test]
fn no_sockets_are_absent() {
    for count in ["", "0"] {
        let passed = tcp();
        let given = |it: &mut Given| _ = it.descriptor(passed.try_clone().unwrap()).variable("LISTEN_FDS", count);
        assert_absent(Asker::service(["tcp", "inherit"]).given(given).ask(), &passed);
    }
}

#[test]
fn of_nobody_is_ours_where_all_are_internet_sockets() {
    for empty in [false, true] {
        let passed = tcp();
        let given = |it: &mut Given| {
            it.descriptor(passed.try_clone().unwrap());
            if empty {
                it.variable("LISTEN_PID", "").variable("LISTEN_PIDFDID", "");
            }
        };
        let answer = Asker::new(["tcp", "inherit"]).given(given).ask();
        assert_eq!(answer, Ok(passed.local_addr().unwrap()));
    }
}

#[test]
fn of_nobody_is_absent_and_untouched_with_anything_else() {
    Child::new().given(|it| _ = it.descriptors([tcp(), tcp()]).descriptor(unix_listener())).run(|| {
        let before: Vec<_> = (3..6).map(identity).collect();
        let listener: TcpListener = inherit().unwrap();
        assert!(!given_addresses().contains(&listener.local_addr().ok()));
        assert!((3..6).all(|number| !is_close_on_exec(number)));
        assert_eq!((3..6).map(identity).collect::<Vec<_>>(), before);
    });
}

#[test]
fn of_nobody_is_absent_with_one_that_is_no_internet_socket() {
    let others: [OwnedFd; 3] = [unix_listener().into(), pipe(), File::open("/dev/null").unwrap().into()];
    for other in others {
        let passed = tcp();
        let given = |it: &mut Given| _ = it.descriptor(passed.try_clone().unwrap()).descriptor(other);
        assert_absent(Asker::new(["tcp", "inherit"]).given(given).ask(), &passed);
    }
    let passed = tcp();
    let given = |it: &mut Given| _ = it.descriptor(passed.try_clone().unwrap()).closed_descriptor();
    assert_absent(Asker::new(["tcp", "inherit"]).given(given).ask(), &passed);
}

/// The inode of this process's pidfd, which stays the same when it executes another program.
fn own_pidfd_id() -> u64 {
    // SAFETY: pidfd_open(2) takes two integers and gives a new descriptor or -1.
    let number = unsafe { libc::syscall(libc::SYS_pidfd_open, process::id(), 0) };
    // SAFETY: the descriptor is new, so nobody else owns it.
    let pidfd = unsafe { OwnedFd::from_raw_fd(number.try_into().unwrap()) };
    fs::metadata(format!("/proc/self/fd/{}", pidfd.as_raw_fd())).unwrap().ino()
}

/// Executes this program once more in the same process, with the pidfd's number known.
fn with_pidfd_id(change: u64) -> bool {
    if env::var_os(EXECUTED).is_some() {
        return true;
    }
    let mut command = behaviour::command(&behaviour::this_test());
    command
        .args(env::args_os().skip(1))
        .env(EXECUTED, "1")
        .env("LISTEN_PIDFDID", (own_pidfd_id() + change).to_string());
    panic!("{}", command.exec());
}

#[cfg_attr(not(has_pidfs), ignore = "the kernel's pidfds have no numbers of their own")]
#[test]
fn with_the_right_pidfd_is_ours() {
    Child::service().given(|it| _ = it.descriptor(tcp())).run(|| {
        assert!(with_pidfd_id(0));
        assert_eq!(inherit::<TcpListener>().unwrap().local_addr().unwrap(), given_address(0));
    });
}

#[cfg_attr(not(has_pidfs), ignore = "the kernel's pidfds have no numbers of their own")]
#[test]
fn the_right_pidfd_alone_will_do() {
    Child::new().given(|it| _ = it.descriptor(tcp()).descriptor(unix_listener())).run(|| {
        assert!(with_pidfd_id(0));
        // It says whose they are, so one that is no internet socket does not make them somebody else's.
        assert_eq!(inherit::<TcpListener>().unwrap().local_addr().unwrap(), given_address(0));
        assert!(is_close_on_exec(4));
    });
}

/// Before Linux 6.9, all processes have the same.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn a_pidfd_without_a_number_of_its_own_says_nothing() {
    let child = Child::new().given(|it| _ = it.descriptor(tcp()).variable("LISTEN_PIDFDID", "1"));
    Traced::injecting_into(child, "fstatfs:error=ENOSYS").run(|| {
        let listener = watch(inherit::<TcpListener>).unwrap();
        assert_eq!(listener.local_addr().unwrap(), given_address(0));
    });
}

/// The same process number, used again by another process.
#[cfg_attr(not(has_pidfs), ignore = "the kernel's pidfds have no numbers of their own")]
#[test]
fn with_a_wrong_pidfd_is_absent() {
    Child::service().given(|it| _ = it.descriptor(tcp())).run(|| {
        assert!(with_pidfd_id(1));
        let listener: TcpListener = PortRequest::new().inherit().bind().unwrap();
        assert_ne!(listener.local_addr().unwrap(), given_address(0));
        assert!(!is_close_on_exec(3));
    });
}
