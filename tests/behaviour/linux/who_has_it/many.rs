//! Holders that are hard to find.
#![allow(unsafe_code, reason = "the limit of descriptors, and a process group")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::os::unix::process::CommandExt;
use std::process::{Child as Process, Command, Stdio};

use test_support::forks;

use super::{is_told, listener, sleeper};
use crate::support::other_process::OtherProcess;

/// Lets this process have as many descriptors as it may, but not more than this.
fn raise_limit(most: libc::rlim_t) -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a structure of the right type.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max.min(most);
    // SAFETY: as above.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
    usize::try_from(limit.rlim_cur).expect("not more than asked for")
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn it_has_thousands_of_descriptors() {
    let mut kept = (Vec::new(), Vec::new());
    let mut holder = OtherProcess::new(move |_| {
        let count = raise_limit(5100) - 100;
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        kept.0.extend((0..count).map(|_| socket.try_clone().unwrap()));
        // The last of all.
        let (listener, port) = listener();
        kept.1.push(listener);
        format!("{} {port} {count}", std::process::id())
    });
    let answer = holder.ask(1);
    let numbers: Vec<u32> = answer.split(' ').map(|number| number.parse().unwrap()).collect();
    let [pid, port, count] = numbers[..] else { panic!("{answer}") };
    assert!(count >= 900, "the limit leaves {count}");
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap();
    is_told(port.try_into().unwrap(), pid, &format!("by {} (pid {pid})", name.trim()));
}

/// The processes of a shell.
struct Crowd(Process);

impl Crowd {
    fn gather(count: u32) -> Self {
        let script = format!("for i in $(seq {count}); do sleep 1000 & done; echo there; wait");
        let mut command = Command::new("sh");
        let mut shell = forks::spawn(command.args(["-c", &script]).process_group(0).stdout(Stdio::piped())).unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "there\n");
        Self(shell)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        // SAFETY: the group is that of the shell, which is not waited for yet.
        unsafe { libc::killpg(self.0.id().try_into().unwrap(), libc::SIGKILL) };
        let _ = self.0.wait();
    }
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn it_is_one_of_a_thousand_processes() {
    let (first, first_port) = listener();
    let first = sleeper(first);
    let _crowd = Crowd::gather(1000);
    let (last, last_port) = listener();
    let last = sleeper(last);
    first.is_told(first_port);
    last.is_told(last_port);
}
