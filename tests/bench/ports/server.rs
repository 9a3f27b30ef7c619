//! A program to be measured with: this one, which is told to listen on a port.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};

/// The word that comes first on its command line.
const WORD: &str = "--serve";

/// What `main` does first: in a child it does not return until standard input ends.
pub(crate) fn serve_if_told() {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() != Some(WORD) {
        return;
    }
    let port: u16 = words.next().and_then(|port| port.parse().ok()).expect("a port");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
    io::stdout().write_all(b"\n").expect("somebody reads it");
    let _ = io::stdin().read_to_end(&mut Vec::new());
    drop(listener);
    std::process::exit(0);
}

/// Listens there, prints a byte then, and ends when its standard input does.
pub(crate) fn on(address: SocketAddr) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("it has a path"));
    command.args([WORD, &address.port().to_string()]).stdin(Stdio::piped()).stdout(Stdio::null());
    command
}
