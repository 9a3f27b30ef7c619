use std::net::{TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use socket2::Socket;

use std::time::Duration;

use super::{Owner, owners};
use crate::sys::descriptors::Sockets;
use crate::sys::sock_diag::{self, Entry, State};
use crate::sys::{os, proc_fs};

/// A program whose standard input is a listener.
struct Holder {
    child: Child,
    socket: Entry,
}

impl Holder {
    fn new(arguments: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = entry(&Socket::from(listener.try_clone().unwrap()));
        let (program, arguments) = arguments.split_first().unwrap();
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::from(OwnedFd::from(listener)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, socket }
    }

    fn owner(&self) -> Option<Owner> {
        owners(&[self.socket], Duration::from_secs(60)).pop().unwrap()
    }
}

/// As the kernel would tell of it.
fn entry(socket: &Socket) -> Entry {
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let inode = sock_diag::inode(socket).unwrap();
    Entry { address, only_v6: false, inode, uid: os::effective_uid(), state: State::Listen }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn one_of_thousands_of_sockets_of_this_process() {
    let sockets: Vec<_> = (0..3000).map_while(|_| UdpSocket::bind("127.0.0.1:0").ok()).map(Socket::from).collect();
    let last = entry(sockets.last().unwrap());
    let nobodys = Entry { inode: 0, ..last };
    assert_eq!(owners(&[last, nobodys], Duration::from_secs(60)), [Some(Owner::ThisProcess), None]);
}

#[test]
fn another_process_has_a_name_and_a_command_line() {
    for program in ["sleep", "/bin/sleep"] {
        let holder = Holder::new(&[program, "1000"]);
        let expected =
            Owner::Other { pid: holder.child.id(), name: "sleep".to_owned(), command: "sleep 1000".to_owned() };
        // In the middle of exec there is none yet.
        eventually(|| holder.owner().as_ref() == Some(&expected));
    }
}

#[test]
fn a_worker_s_socket_is_that_of_the_server() {
    let holder = Holder::new(&["sh", "-c", "exec 3<&0; sleep 1 & wait"]);
    let is_worker = |pid: &u32| {
        proc_fs::stat(*pid).is_some_and(|stat| stat.parent == holder.child.id())
            && Sockets::of(*pid).is_ok_and(|mut sockets| sockets.any(|it| it == holder.socket.inode))
    };
    eventually(|| proc_fs::pids().iter().any(is_worker));
    let owner = holder.owner();
    assert!(matches!(owner, Some(Owner::Other { pid, .. }) if pid == holder.child.id()), "{owner:?}");
}

#[test]
#[ignore = "a measurement"]
fn how_long_it_takes() {
    let mut others: Vec<_> = (0..50).map(|_| Holder::new(&["sleep", "1000"])).collect();
    let holder = Holder::new(&["sleep", "1000"]);
    others.extend((0..50).map(|_| Holder::new(&["sleep", "1000"])));
    let mut times: Vec<_> = (0..300)
        .map(|_| {
            let started = std::time::Instant::now();
            holder.owner().unwrap();
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("{:?}, median {:?}, among {} processes", times[0], times[150], proc_fs::pids().len());
}

#[test]
fn who_has_ended_is_nobody() {
    let mut holder = Holder::new(&["sleep", "1000"]);
    holder.child.kill().unwrap();
    // A zombie has no descriptors any more, and does not have to be waited for.
    eventually(|| holder.owner().is_none());
}

fn eventually(holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    panic!("it never came true");
}
