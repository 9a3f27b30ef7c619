//! A server that cannot take a socket, only a number: Python's `http.server`, on a port that nobody else can get.
//!
//! `cargo run -p port-runtime --example reserved_port`
//!
//! The server is gone at the end, also if the assertion fails: `-- "HTTP/1.0 404"` lets it.

use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::{Error, ReservedPort, ServerProcess, with_free_port};

#[with_free_port]
fn main(port: ReservedPort) -> Result<(), Error> {
    let expected = env::args().nth(1).unwrap_or_else(|| "HTTP/1.0 200".to_owned());

    // The port is reserved all the time, so the server can come back to it.
    for round in ["first", "second"] {
        let server = start_server(&port)?;
        let answer = fetch(&server)?;
        println!("the {round} server, process {}, is at {}: {answer}", server.id(), server.url("http"));
        assert!(answer.starts_with(&expected), "not {expected}");
    }
    Ok(())
}

/// Starts the server with the number of the port, as any program is started that takes one, and returns when it listens.
fn start_server(port: &ReservedPort) -> Result<ServerProcess, Error> {
    let mut command = Command::new("python3");
    command.args(["-m", "http.server", "--bind", "127.0.0.1", &port.port().to_string()]);
    port.start(command.stdout(Stdio::null()).stderr(Stdio::piped()), Duration::from_secs(30))
}

/// Asks for a page, and gives back the first line of the answer.
fn fetch(server: &ServerProcess) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(server.addr())?;
    connection.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
