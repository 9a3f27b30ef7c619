//! Passed sockets belong to this process: each is taken once, and no other process sees them.
#![allow(unsafe_code, reason = "forks")]

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use port_runtime::{Error, ErrorKind, PortRequest};

use super::descriptors::{identity, is_close_on_exec};
use super::{inherit, inherit_named, tcp, udp};
use crate::support::Child;
use crate::support::asker::Asker;
use crate::support::given::{given_address, given_addresses};

const SOCKETS: usize = 32;

/// What a program started from here has open.
fn seen_by_a_grandchild() -> String {
    let script = "for number in /proc/$$/fd/*; do readlink $number; done";
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_is_taken_once_by_many_threads() {
    Child::service().given(|it| _ = it.descriptors([(); SOCKETS].map(|()| tcp()))).run(|| {
        let barrier = Barrier::new(2 * SOCKETS);
        let take = || {
            barrier.wait();
            inherit::<TcpListener>()
        };
        let results: Vec<Result<TcpListener, Error>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..2 * SOCKETS).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let (taken, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!((taken.len(), refused.len()), (SOCKETS, SOCKETS));
        let found: HashSet<SocketAddr> = taken.iter().flatten().map(|it| it.local_addr().unwrap()).collect();
        assert_eq!(found, given_addresses().into_iter().flatten().collect());
        assert!(refused.into_iter().all(|it| it.unwrap_err().kind() == ErrorKind::InheritedSocket));
    });
}

#[test]
fn all_are_close_on_exec_after_the_first_use() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()]).descriptor(udp())).run(|| {
        let identities: Vec<_> = (3..6).map(identity).collect();
        let before = seen_by_a_grandchild();
        assert!(identities.iter().all(|it| before.contains(it)), "{before}");

        let listener: TcpListener = inherit().unwrap();
        assert_eq!(identity(listener.as_raw_fd()), identities[0]);
        assert!([listener.as_raw_fd(), 4, 5].into_iter().all(is_close_on_exec));
        let after = seen_by_a_grandchild();
        assert!(!after.is_empty() && !after.contains("socket:"), "{after}");
    });
}

#[test]
fn nothing_is_touched_unless_asked() {
    Child::service().given(|it| _ = it.descriptor(tcp())).run(|| {
        let _listener: TcpListener = PortRequest::new().bind().unwrap();
        assert!(!is_close_on_exec(3));
        assert!(seen_by_a_grandchild().contains(&identity(3)));
    });
}

/// Children inherit the variables, and before the first use the descriptors, too.
#[test]
fn a_child_does_not_take_them() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()])).run(|| {
        let from_child = || {
            let mut command = behaviour::command(env!("CARGO_BIN_EXE_asker"));
            let output = command.args(["tcp", "inherit"]).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        for _before_and_after in 0..2 {
            let answer = from_child();
            let address: SocketAddr = answer.trim().strip_prefix("bound ").expect(&answer).parse().unwrap();
            assert!(!given_addresses().contains(&Some(address)), "{address}");
            let _ours: TcpListener = inherit().unwrap();
        }
    });
}

#[test]
fn a_fork_does_not_take_them() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()])).run(|| {
        let first: TcpListener = inherit().unwrap();
        assert_eq!(first.local_addr().unwrap(), given_address(0));
        // SAFETY: the fork makes system calls, a few allocations, and ends; no other thread of this process allocates or
        // binds at this time.
        let fork = unsafe { libc::fork() };
        if fork == 0 {
            let other = inherit::<TcpListener>().and_then(|it| Ok(it.local_addr()?));
            let right = other.is_ok_and(|other| other.ip().is_loopback() && !given_addresses().contains(&Some(other)));
            // SAFETY: ends the fork without what the test harness does at the end.
            unsafe { libc::_exit(if right { 42 } else { 1 }) };
        }
        let mut status = 0;
        // SAFETY: the pointer is to an integer that lives until the call returns.
        assert_eq!(unsafe { libc::waitpid(fork, &raw mut status, 0) }, fork);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 42, "{status}");
        assert_eq!(inherit::<TcpListener>().unwrap().local_addr().unwrap(), given_address(1));
    });
}

/// Another thread may be at the table at the time of the fork, and there is no such thread in the fork.
#[test]
fn a_fork_does_not_wait_for_another_thread() {
    const FORKS: usize = 100;

    Child::service().given(|it| _ = it.descriptor(udp())).run(|| {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        inherit::<TcpListener>().unwrap_err();
                    }
                });
            }
            for _ in 0..FORKS {
                // SAFETY: the C library sees to it that a fork can allocate; it binds, and ends.
                let fork = unsafe { libc::fork() };
                if fork == 0 {
                    // SAFETY: ends a fork that waits in vain, which the parent hears of.
                    unsafe { libc::alarm(30) };
                    let bound = inherit::<TcpListener>();
                    // SAFETY: ends the fork without what the test harness does at the end.
                    unsafe { libc::_exit(if bound.is_ok() { 42 } else { 1 }) };
                }
                let mut status = 0;
                // SAFETY: the pointer is to an integer that lives until the call returns.
                assert_eq!(unsafe { libc::waitpid(fork, &raw mut status, 0) }, fork);
                let right = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 42;
                if !right {
                    over.store(true, Ordering::Relaxed);
                }
                assert!(right, "{status}");
            }
            over.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn what_does_not_fit_stays_for_a_later_request() {
    let names = "metrics:http:dns";
    Child::service()
        .given(|it| {
            it.descriptor(udp()).descriptor(tcp()).descriptor(udp()).variable("LISTEN_FDNAMES", names);
        })
        .run(|| {
            for _ in 0..3 {
                assert_eq!(inherit::<TcpListener>().unwrap_err().kind(), ErrorKind::InheritedSocket);
                assert_eq!(inherit_named::<UdpSocket>("http").unwrap_err().kind(), ErrorKind::InheritedSocket);
            }
            let http: TcpListener = inherit_named("http").unwrap();
            assert_eq!(http.local_addr().unwrap(), given_address(1));
            let metrics: UdpSocket = inherit().unwrap();
            assert_eq!(metrics.local_addr().unwrap(), given_address(0));
            let dns: UdpSocket = inherit().unwrap();
            assert_eq!(dns.local_addr().unwrap(), given_address(2));
        });
}

#[test]
fn the_environment_is_only_read() {
    Child::service().given(|it| _ = it.descriptor(tcp()).variable("LISTEN_FDNAMES", "http")).run(|| {
        let before: Vec<_> = std::env::vars_os().collect();
        inherit::<TcpListener>().unwrap();
        inherit::<TcpListener>().unwrap_err();
        assert_eq!(std::env::vars_os().collect::<Vec<_>>(), before);
        assert!(std::env::var_os("LISTEN_PID").is_some());
    });
}

#[test]
fn without_passed_sockets_the_next_source_is_asked() {
    let address = Asker::service(["tcp", "inherit", "inherit=http"]).given(|_| ()).ask().unwrap();
    assert!(address.ip().is_loopback());
}
