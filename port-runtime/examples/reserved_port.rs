//! A server that cannot take a socket, only a number: Python's `http.server`, on a port that nobody else can get.
//!
//! `cargo run -p port-runtime --example reserved_port`

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use port_runtime::{ReservedPort, with_free_port};

#[with_free_port]
fn main(port: ReservedPort) -> io::Result<ExitCode> {
    println!("{} is reserved", port.addr());

    let mut server = match start_server(&port) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("this example needs python3, and it is not installed");
            return Ok(ExitCode::FAILURE);
        }
        server => server?,
    };
    let result = fetch(&port);
    stop(&mut server)?;
    println!("{}", result?);

    // The port is still reserved, so the server can come back to it.
    let mut server = start_server(&port)?;
    let result = fetch(&port);
    stop(&mut server)?;
    println!("after a restart: {}", result?);
    Ok(ExitCode::SUCCESS)
}

/// Starts the server with the number of the port, as any program is started that takes one.
fn start_server(port: &ReservedPort) -> io::Result<Child> {
    Command::new("python3")
        .args(["-m", "http.server", "--bind", "127.0.0.1", &port.port().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// Waits for the server, asks for a page, and gives back the first line of the answer.
fn fetch(port: &ReservedPort) -> io::Result<String> {
    port.wait_until_listening(Duration::from_secs(30))?;
    let mut connection = TcpStream::connect(port.addr())?;
    connection.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

fn stop(server: &mut Child) -> io::Result<()> {
    server.kill()?;
    server.wait()?;
    Ok(())
}
