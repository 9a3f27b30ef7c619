//! Servers that others have written, as their users start them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::{ErrorKind, ReservedPort};
use test_support::{Folder, PLENTY, eventually};

use super::servers::{self, Server};
use crate::support::reserve;

/// Sends a question until it is answered: who listens need not be ready.
#[track_caller]
pub(super) fn assert_answers(server: &Server, address: SocketAddr) -> TcpStream {
    let mut answered = None;
    eventually("an answer", || {
        let Ok(mut client) = TcpStream::connect(address) else { return false };
        client.set_read_timeout(Some(PLENTY)).unwrap();
        client.write_all(server.question).unwrap();
        let mut answer = vec![0; server.answer.len()];
        let is_right = client.read_exact(&mut answer).is_ok() && answer == server.answer.as_bytes();
        answered = is_right.then_some(client);
        is_right
    });
    answered.unwrap()
}

/// All processes that work in this folder: the servers' own, whatever they call themselves.
pub(super) fn processes_in(folder: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let is_there =
        |entry: &std::fs::DirEntry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|it| it.starts_with(folder));
    processes.filter(is_there).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[track_caller]
fn comes_up_and_goes(server: &Server, signal: i32) {
    let (port, folder) = (reserve(), Folder::new());
    (server.prepare)(&folder);
    for _ in 0..2 {
        let mut command = (server.command)(port.addr().ip(), port.port(), &folder);
        command.current_dir(&*folder).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = port.start(&mut command, PLENTY).unwrap().stop_signal(signal).grace(PLENTY);
        let client = assert_answers(server, running.addr());
        assert!(!processes_in(&folder).is_empty());
        running.stop().unwrap();
        assert_eq!(processes_in(&folder), [""; 0]);
        drop(client);
    }
}

const SIGTERM: i32 = 15;
const SIGINT: i32 = 2;

#[test]
fn std_server() {
    comes_up_and_goes(&servers::STD, SIGTERM);
}

#[test]
#[cfg_attr(not(has_python3), ignore = "python3 is not installed")]
fn python() {
    comes_up_and_goes(&servers::PYTHON, SIGTERM);
}

#[test]
#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
fn redis() {
    comes_up_and_goes(&servers::REDIS, SIGTERM);
}

#[test]
#[cfg_attr(not(has_nginx), ignore = "nginx is not installed")]
fn nginx() {
    comes_up_and_goes(&servers::NGINX, SIGTERM);
}

#[test]
#[cfg_attr(not(has_node), ignore = "node is not installed")]
fn node() {
    comes_up_and_goes(&servers::NODE, SIGTERM);
}

#[test]
#[cfg_attr(not(has_memcached), ignore = "memcached is not installed")]
fn memcached() {
    comes_up_and_goes(&servers::MEMCACHED, SIGTERM);
}

#[test]
#[cfg_attr(not(has_java), ignore = "a JDK is not installed")]
fn java() {
    comes_up_and_goes(&servers::JAVA, SIGTERM);
}

#[test]
#[cfg_attr(not(has_go), ignore = "go is not installed")]
fn go() {
    comes_up_and_goes(&servers::GO, SIGTERM);
}

/// With a client connected, on SIGTERM it would wait for that; and it forks for each client.
#[test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed, or cannot be run by an ordinary user")]
fn postgres() {
    comes_up_and_goes(&servers::POSTGRES, SIGINT);
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed, or cannot be run by an ordinary user")]
fn postgres_that_waits_for_a_client_is_killed_with_its_workers() {
    let (port, folder) = (reserve(), Folder::new());
    (servers::POSTGRES.prepare)(&folder);
    let mut command = (servers::POSTGRES.command)(port.addr().ip(), port.port(), &folder);
    let running = port.start(command.stderr(Stdio::null()), PLENTY).unwrap().grace(Duration::from_millis(300));
    let _client = assert_answers(&servers::POSTGRES, running.addr());
    drop(running);
    assert_eq!(processes_in(&folder), [""; 0]);
}

#[cfg_attr(not(has_nginx), allow(dead_code, reason = "for ignored tests"))]
fn nginx_with(port: &ReservedPort, folder: &Path, daemon: &str, master: &str) -> Command {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders.map(|kind| format!("{kind}_temp_path {kind};")).join(" ");
    let configuration = format!(
        "daemon {daemon}; master_process {master}; worker_processes 2; pid pid; events {{}} \
         http {{ access_log off; {folders} server {{ listen {}; return 200; }} }}",
        port.addr()
    );
    std::fs::write(folder.join("nginx.conf"), configuration).unwrap();
    let mut command = Command::new("nginx");
    command.args(["-e", "stderr", "-c", "nginx.conf", "-p"]).arg(folder).current_dir(folder).stderr(Stdio::piped());
    command
}

#[test]
#[cfg_attr(not(has_nginx), ignore = "nginx is not installed")]
fn nginx_with_a_master_and_workers() {
    let (port, folder) = (reserve(), Folder::new());
    let running = port.start(&mut nginx_with(&port, &folder, "off", "on"), PLENTY).unwrap();
    assert_answers(&servers::NGINX, running.addr());
    eventually("its workers", || processes_in(&folder).len() == 3);
    drop(running);
    assert_eq!(processes_in(&folder), [""; 0]);
}

#[track_caller]
#[cfg_attr(not(all(has_nginx, has_redis)), allow(dead_code, reason = "for ignored tests"))]
fn is_no_daemon(port: &ReservedPort, command: &mut Command, folder: &Path) {
    // It may listen before it leaves its parent, and be ready for that moment.
    let error = match port.start(command, PLENTY) {
        Ok(server) => server.wait_until(PLENTY, |_| false).unwrap_err(),
        Err(error) => error,
    };
    let left = processes_in(folder);
    for pid in &left {
        Command::new("kill").args(["-KILL", pid]).status().unwrap();
    }
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    let message = error.to_string();
    assert!(message.contains("; run it in the foreground, not as a daemon"), "{message}");
    assert!(message.contains("listens there") || message.contains("was ready"), "{message}");
    assert_eq!(left, [""; 0], "{message}");
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_nginx), ignore = "nginx is not installed")]
fn nginx_as_a_daemon() {
    for _ in 0..5 {
        let (port, folder) = (reserve(), Folder::new());
        is_no_daemon(&port, &mut nginx_with(&port, &folder, "on", "on"), &folder);
    }
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
fn redis_as_a_daemon() {
    for _ in 0..5 {
        let (port, folder) = (reserve(), Folder::new());
        let mut command = (servers::REDIS.command)(port.addr().ip(), port.port(), &folder);
        is_no_daemon(&port, command.args(["--daemonize", "yes"]).stdout(Stdio::piped()), &folder);
    }
}

/// Redis writes a title over its arguments and its environment.
#[test]
#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
fn redis_in_the_background_of_a_shell() {
    for _ in 0..5 {
        let (port, folder) = (reserve(), Folder::new());
        let inner = (servers::REDIS.command)(port.addr().ip(), port.port(), &folder);
        let mut command = Command::new("sh");
        command.args(["-c", r#"("$0" "$@" &); sleep 600"#]).arg(inner.get_program()).args(inner.get_args());
        let running = port.start(command.current_dir(&*folder).stdout(Stdio::piped()), PLENTY).unwrap();
        assert_answers(&servers::REDIS, running.addr());
        drop(running);
        assert_eq!(processes_in(&folder), [""; 0]);
    }
}

#[test]
#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
fn what_redis_says_of_a_bad_flag_is_in_the_error() {
    let port = reserve();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.port().to_string(), "--no-such-flag", "1"]).stderr(Stdio::piped());
    let error = port.start(&mut command, PLENTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProcessEnded);
    assert!(error.to_string().contains("no-such-flag"), "{error}");
}
