//! A number from a port server: the protocol of Google's portpicker, <https://github.com/google/python_portpicker>.
//!
//! One question, one answer, within a time limit. Whether the number is free is for whoever binds it.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::{Assigned, env};
use crate::error::{Error, ErrorKind};

const VARIABLE: &str = "PORTSERVER_ADDRESS";

/// For the whole conversation.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// More than a number and a line end.
const LONGEST_REPLY: usize = 16;

/// A number from the port server, or `None` where there is none.
pub(crate) fn assigned() -> Result<Option<Assigned>, Error> {
    let Some(address) = std::env::var_os(VARIABLE).filter(|address| !address.is_empty()) else { return Ok(None) };
    let shown = address.to_string_lossy();
    let shown = shown.escape_debug();
    let failed = |why: String| format!("the port server at {shown} ({VARIABLE}) {why}");
    let reply = converse(&address).map_err(|error| {
        Error::system(ErrorKind::PortServer, failed(format!("cannot be asked: {error}; is it running?")), &error)
    })?;
    let port = read(&reply).map_err(|why| Error::new(ErrorKind::PortServer, failed(why)))?;
    Ok(Some(Assigned { host: None, port, by: format!("the port server at {shown} says so") }))
}

/// The number in an answer, or what is to be said of the server.
pub(super) fn read(reply: &[u8]) -> Result<u16, String> {
    let reply = String::from_utf8_lossy(reply);
    let number = env::number(reply.trim()).filter(|_| reply.len() < LONGEST_REPLY);
    match (reply.trim(), number) {
        ("", _) => Err("has no port left for us: its answer is empty".to_owned()),
        (_, Some(0)) => Err("has no port left for us: it answered `0`".to_owned()),
        (_, Some(port)) => Ok(port),
        (_, None) => Err(format!("answered `{}`, which is no port", reply.escape_debug())),
    }
}

fn converse(address: &OsStr) -> io::Result<Vec<u8>> {
    // A leading `@` stands for the NUL of Linux's abstract names.
    let address = match address.to_str().and_then(|address| address.strip_prefix('@')) {
        Some(name) => SockAddr::unix(format!("\0{name}"))?,
        None => SockAddr::unix(address)?,
    };
    let deadline = Instant::now() + TIME_LIMIT;
    let mut stream = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    connect(&stream, &address, deadline).map_err(late)?;
    stream.write_all(format!("{}\n", std::process::id()).as_bytes()).map_err(late)?;
    let mut reply = Vec::new();
    let mut bytes = [0; LONGEST_REPLY];
    while reply.len() < LONGEST_REPLY {
        stream.set_read_timeout(Some(left(deadline)))?;
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => reply.extend_from_slice(&bytes[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(late(error)),
        }
    }
    Ok(reply)
}

/// Waits while the server's backlog is full. A signal ends that wait for good, even where the handler asks for system
/// calls to go on, because the socket has a timeout; a Unix socket is unconnected then, and can be connected again.
fn connect(stream: &Socket, address: &SockAddr, deadline: Instant) -> io::Result<()> {
    loop {
        // It holds for `connect` as well.
        stream.set_write_timeout(Some(left(deadline)))?;
        match stream.connect(address) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Never zero, which would be no limit at all.
fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_micros(1))
}

fn late(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => {
            io::Error::new(io::ErrorKind::TimedOut, format!("it has not answered within {TIME_LIMIT:?}"))
        }
        _ => error,
    }
}
