//! Real programs that pass sockets: `systemd-socket-activate`, and `systemfd` as developers use it.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child as Process, Command, Stdio};
use std::thread;

use behaviour::words;
use port_runtime::{PortRequest, ReservedPort};
use test_support::{PLENTY, forks};

use crate::support::Block;
use crate::support::given::Given;
use crate::support::sockets::connect;

const ANSWERER: &str = env!("CARGO_BIN_EXE_answerer");

const REQUESTS: usize = 1000;
const CLIENTS: usize = 4;
/// Six servers, one after the other: five restarts. Behind one that is non-blocking comes one that has to block.
const SERVERS: [(&str, usize); 6] =
    [("std", 167), ("tokio", 167), ("std", 167), ("tokio", 167), ("tokio", 167), ("std", 165)];

/// Both programs set `SO_REUSEADDR`, so they can listen on a number that is reserved meanwhile.
fn reserve() -> ReservedPort {
    PortRequest::new().bind().unwrap()
}

/// Ends it with the test.
struct Holder(Process);

impl Holder {
    fn start(mut command: Command) -> Self {
        Given::default().apply_to(&mut command);
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(forks::spawn(piped).expect("it is installed"))
    }

    /// Waits until all servers have ended as they should.
    fn assert_success(mut self) {
        let status = self.0.wait().unwrap();
        let mut output = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut output).unwrap();
        assert!(status.success(), "{status}: {output}");
        assert!(!output.contains("panicked"), "{output}");
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks a question: the process number of who answered, and the name of the socket.
fn ask(address: SocketAddr, question: &str) -> (u32, String) {
    let mut connection = connect(address);
    writeln!(connection, "{question}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let words: Vec<_> = answer.split_whitespace().collect();
    let [server, name, repeated] = words[..] else { panic!("`{answer}` to `{question}`") };
    assert_eq!(repeated, question);
    (server.parse().unwrap(), name.to_owned())
}

/// One server after the other on one socket, which a shell keeps open.
fn restart(mut holder: Command, reserved: &ReservedPort) {
    use std::fmt::Write as _;

    let mut script = String::from("set -e\n");
    let answerer = words(ANSWERER).map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    for (kind, count) in SERVERS {
        // The announcement names the shell; without a name it is for its servers, too.
        writeln!(script, "LISTEN_PID= LISTEN_PIDFDID= {answerer} {kind} {count} -").unwrap();
    }
    let holder = Holder::start(std::mem::replace(holder.args(["sh", "-c", &script]), Command::new("true")));
    reserved.wait_until_listening(PLENTY).unwrap();
    let client = |index: usize| {
        let questions = (0..REQUESTS / CLIENTS).map(move |question| format!("{index}/{question}"));
        questions.map(|question| ask(reserved.addr(), &question).0).collect::<Vec<_>>()
    };
    let servers: HashSet<u32> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|index| scope.spawn(move || client(index))).collect();
        clients.into_iter().flat_map(|client| client.join().expect("every request is answered")).collect()
    });
    assert_eq!(servers.len(), SERVERS.len());
    holder.assert_success();
}

fn systemd_socket_activate(options: &[&str]) -> Command {
    let mut command = Command::new("systemd-socket-activate");
    command.args(options);
    command
}

fn listen_on(reserved: &ReservedPort) -> String {
    format!("--listen={}", reserved.addr())
}

#[cfg_attr(not(has_systemd_socket_activate), ignore = "systemd-socket-activate is not installed")]
#[test]
fn systemd_passes_a_socket() {
    for kind in ["std", "tokio"] {
        let reserved = reserve();
        let mut command = systemd_socket_activate(&[&listen_on(&reserved)]);
        command.args(words(ANSWERER)).args([kind, "2", "-"]);
        let holder = Holder::start(command);
        reserved.wait_until_listening(PLENTY).unwrap();
        let (server, _) = ask(reserved.addr(), "first");
        assert_eq!(ask(reserved.addr(), "second").0, server);
        // It has executed the server in its own place.
        assert_eq!(server, holder.0.id());
        holder.assert_success();
    }
}

#[cfg_attr(not(has_systemd_socket_activate), ignore = "systemd-socket-activate is not installed")]
#[test]
fn systemd_passes_two_named_sockets() {
    let (http, admin) = (reserve(), reserve());
    let options = [&listen_on(&http), &listen_on(&admin), "--fdname=http:admin"];
    let mut command = systemd_socket_activate(&options);
    // Asked for in another order than they are passed.
    command.args(words(ANSWERER)).args(["std", "1", "admin", "http"]);
    let holder = Holder::start(command);
    for reserved in [&http, &admin] {
        reserved.wait_until_listening(PLENTY).unwrap();
    }
    assert_eq!(ask(http.addr(), "who").1, "http");
    assert_eq!(ask(admin.addr(), "who").1, "admin");
    holder.assert_success();
}

#[cfg_attr(not(has_systemd_socket_activate), ignore = "systemd-socket-activate is not installed")]
#[test]
fn systemd_passes_a_udp_socket() {
    let block = Block::for_processes();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, block.port(1)));
    let mut command = systemd_socket_activate(&["--datagram", &format!("--listen={address}")]);
    command.args(words(env!("CARGO_BIN_EXE_asker"))).args(["udp", "inherit"]);
    let mut holder = Holder::start(command);
    let mut told = String::new();
    BufReader::new(holder.0.stderr.as_mut().unwrap()).read_line(&mut told).unwrap();
    assert!(told.starts_with("Listening on"), "{told}");
    // The first datagram starts it.
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"hello", address).unwrap();
    let mut answer = String::new();
    BufReader::new(holder.0.stdout.as_mut().unwrap()).read_line(&mut answer).unwrap();
    assert_eq!(answer, format!("bound {address}\n"));
    holder.assert_success();
}

#[cfg_attr(not(has_systemd_socket_activate), ignore = "systemd-socket-activate is not installed")]
#[test]
fn servers_restart_behind_systemd_without_a_lost_request() {
    let reserved = reserve();
    restart(systemd_socket_activate(&[&listen_on(&reserved)]), &reserved);
}

#[cfg_attr(not(has_systemfd), ignore = "systemfd is not installed")]
#[test]
fn servers_restart_behind_systemfd_without_a_lost_request() {
    let reserved = reserve();
    let mut command = Command::new("systemfd");
    command.args(["--no-pid", "-s", &format!("http::{}", reserved.port()), "--"]);
    restart(command, &reserved);
}

#[cfg_attr(not(has_systemfd), ignore = "systemfd is not installed")]
#[test]
fn systemfd_passes_two_sockets() {
    let reserved = [reserve(), reserve()];
    let mut command = Command::new("systemfd");
    command.arg("--no-pid");
    for reserved in &reserved {
        command.args(["-s", &format!("http::{}", reserved.port())]);
    }
    command.arg("--").args(words(ANSWERER)).args(["std", "1", "-", "-"]);
    let holder = Holder::start(command);
    for reserved in &reserved {
        reserved.wait_until_listening(PLENTY).unwrap();
        ask(reserved.addr(), "who");
    }
    holder.assert_success();
}
