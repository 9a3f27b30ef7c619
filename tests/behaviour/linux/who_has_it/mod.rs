//! What an error says of who has the number: as much as is known, and nothing that is wrong.

mod ends_meanwhile;
mod hidden;
mod many;
mod namespaces;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::process::{Child as Process, Command, Stdio};

use port_runtime::PortRequest;
use test_support::forks;

const PORT: &str = "BEHAVIOUR_PORT";

/// The end of the sentence: "by sleep (pid 4711: `sleep 1000`)", or nothing.
#[track_caller]
fn told(port: u16) -> String {
    let error = PortRequest::new().port(port).bind::<TcpListener>().expect_err("somebody has it").to_string();
    let told = error.strip_prefix(&format!("port {port} on 127.0.0.1 is in use"));
    told.unwrap_or_else(|| panic!("{error}")).trim_start().to_owned()
}

/// A search has a limit of time, and gives up on a machine that is busy; and a program that is just being started has no
/// command line. So it may be asked again, and says nothing wrong meanwhile.
#[track_caller]
fn is_told(port: u16, pid: u32, expected: &str) {
    let mut last = String::new();
    for _ in 0..100 {
        last = told(port);
        if last == expected {
            return;
        }
        assert!(last == UNSEEN || last.contains(&format!("(pid {pid}")), "{last}, where it should be {expected}");
    }
    panic!("{last} again and again, where it should be {expected}");
}

const UNSEEN: &str = "by a program that cannot be seen from here";

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// In the process that was told a port.
fn told_port() -> u16 {
    std::env::var(PORT).expect("a port was told").parse().unwrap()
}

/// Another process of the same user, to which the listener belongs.
struct Sleeper(Process);

fn sleeper(listener: TcpListener) -> Sleeper {
    Sleeper(forks::spawn(Command::new("sleep").arg("1000").stdin(Stdio::from(OwnedFd::from(listener)))).unwrap())
}

impl Sleeper {
    #[track_caller]
    fn is_told(&self, port: u16) {
        let pid = self.0.id();
        is_told(port, pid, &format!("by sleep (pid {pid}: `sleep 1000`)"));
    }
}

/// An `odd_server`, started by other programs, that listens and answers.
struct Server(Process);

impl Server {
    fn start(mut command: Command, port: u16) -> Self {
        command.args([&format!("listen=127.0.0.1:{port}"), "say=ready", "serve"]);
        let mut server = forks::spawn(command.stdout(Stdio::piped())).unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
