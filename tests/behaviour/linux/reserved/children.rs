//! Programs that take the number come up on it, again and again, and nobody comes between.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::process::{Child as Process, Command, Stdio};
use std::time::{Duration, Instant};

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use test_support::{Folder, PLENTY, eventually, forks};

use super::rivals::Rivals;
use super::servers::{self, Server};
use super::{HOSTS, LOOPBACK, in_time_wait, reachable};
use crate::support::Child;
use crate::support::sockets::connect;

const RESTARTS: usize = 20;

/// A server that runs, and that does not outlive the test.
struct Running {
    process: Process,
    stop: &'static str,
}

impl Running {
    /// Starts it and waits for it, on the port that is held.
    #[track_caller]
    fn start(server: &Server, reserved: &ReservedPort, folder: &Folder) -> Self {
        let mut command = (server.command)(reserved.addr().ip(), reserved.port(), folder);
        let process = forks::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()));
        let process = process.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut running = Self { process, stop: server.stop };
        let started = Instant::now();
        while let Err(error) = reserved.wait_until_listening(Duration::from_millis(200)) {
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
            let may_come_up = running.process.try_wait().unwrap().is_none() && started.elapsed() < PLENTY;
            assert!(may_come_up, "{command:?} has not come up:\n{}", running.last_words());
        }
        running
    }

    fn last_words(&mut self) -> String {
        let mut words = Vec::new();
        let _ = self.process.kill();
        let _ = self.process.stderr.take().map(|mut stderr| stderr.read_to_end(&mut words));
        String::from_utf8_lossy(&words).into_owned()
    }

    fn stop(mut self) {
        let mut kill = Command::new("kill");
        let mut kill = forks::spawn(kill.args([self.stop, &self.process.id().to_string()])).unwrap();
        assert!(kill.wait().unwrap().success());
        eventually("the end of a server", || self.process.try_wait().unwrap().is_some());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client that has been served by this server, which may listen before it is ready.
#[track_caller]
fn served(server: &Server, address: SocketAddr) -> TcpStream {
    let mut last = None;
    eventually("an answer", || {
        let mut client = connect(address);
        client.write_all(server.question).unwrap();
        let mut answer = vec![0; server.answer.len()];
        let is_right = client.read_exact(&mut answer).is_ok() && answer == server.answer.as_bytes();
        last = is_right.then_some(client);
        is_right
    });
    last.unwrap()
}

/// Each time the server closes a connection first, which is then in `TIME_WAIT` when it starts again.
#[track_caller]
fn is_restarted(server: &Server, host: IpAddr, restarts: usize, folder: &Folder, rivals_at_a_time: usize) {
    let reserved: ReservedPort = PortRequest::new().host(host).bind().unwrap();
    let address = reachable(host, reserved.port());
    let rivals = Rivals::of(reserved.port(), rivals_at_a_time);
    for _ in 0..=restarts {
        let running = Running::start(server, &reserved, folder);
        let mut client = served(server, address);
        running.stop();
        // It may have had more to say. What matters is that it has said its last.
        let _ = client.read_to_end(&mut Vec::new());
        drop(client);
        eventually("TIME_WAIT", || in_time_wait(reserved.port()));
    }
    rivals.got_nothing();
}

#[track_caller]
fn comes_up_and_is_restarted(server: &Server) {
    let folder = Folder::new();
    (server.prepare)(&folder);
    for &host in HOSTS {
        is_restarted(server, host, if host == LOOPBACK { RESTARTS } else { 2 }, &folder, 64);
    }
}

#[test]
fn written_in_rust_come_up() {
    let folder = Folder::new();
    for &host in HOSTS {
        is_restarted(&servers::STD, host, RESTARTS, &folder, 64);
    }
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn come_up_where_all_ports_are_wanted() {
    Child::in_namespace().run(|| {
        // The four rivals have 80 of 100, and want all of them one after the other.
        crate::support::namespace::set_ephemeral_ports(40_000, 40_099);
        let folder = Folder::new();
        for &host in HOSTS {
            is_restarted(&servers::STD, host, RESTARTS, &folder, 20);
        }
    });
}

#[cfg_attr(not(has_python3), ignore = "python3 is not installed")]
#[test]
fn of_python_come_up() {
    comes_up_and_is_restarted(&servers::PYTHON);
}

#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
#[test]
fn redis_comes_up() {
    comes_up_and_is_restarted(&servers::REDIS);
}

#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed, or cannot be run by an ordinary user")]
#[test]
fn postgres_comes_up() {
    comes_up_and_is_restarted(&servers::POSTGRES);
}

#[cfg_attr(not(has_nginx), ignore = "nginx is not installed")]
#[test]
fn nginx_comes_up() {
    comes_up_and_is_restarted(&servers::NGINX);
}

#[cfg_attr(not(has_node), ignore = "node is not installed")]
#[test]
fn of_node_come_up() {
    comes_up_and_is_restarted(&servers::NODE);
}

#[cfg_attr(not(has_memcached), ignore = "memcached is not installed")]
#[test]
fn memcached_comes_up() {
    comes_up_and_is_restarted(&servers::MEMCACHED);
}

#[cfg_attr(not(has_java), ignore = "a JDK is not installed")]
#[test]
fn of_java_come_up() {
    comes_up_and_is_restarted(&servers::JAVA);
}

#[cfg_attr(not(has_go), ignore = "go is not installed")]
#[test]
fn of_go_come_up() {
    comes_up_and_is_restarted(&servers::GO);
}
