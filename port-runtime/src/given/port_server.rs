//! The protocol of Google's portpicker: <https://github.com/google/python_portpicker>.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::{Exact, env};
use crate::{Error, ErrorKind};

const VARIABLE: &str = "PORTSERVER_ADDRESS";

/// For the whole conversation.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// More than a number and a line end.
const LONGEST_REPLY: usize = 16;

/// A number from the port server, or `None` where there is none.
pub(super) fn ask() -> Result<Option<Exact>, Error> {
    let Some(address) = std::env::var_os(VARIABLE).filter(|address| !address.is_empty()) else { return Ok(None) };
    let shown = address.to_string_lossy();
    let shown = shown.escape_debug();
    let failed = |why: String| format!("the port server at {shown} ({VARIABLE}) {why}");
    let reply = converse(&address).map_err(|error| {
        Error::system(ErrorKind::PortServer, failed(format!("cannot be asked: {error}; is it running?")), error)
    })?;
    let port = read(&reply).map_err(|why| Error::new(ErrorKind::PortServer, failed(why)))?;
    Ok(Some(Exact { port, told_by: format!("the port server at {shown} says so"), by_port_server: true }))
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
    let late = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            io::Error::new(io::ErrorKind::TimedOut, format!("it has not answered within {TIME_LIMIT:?}"))
        }
        _ => error,
    };
    let mut stream = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Holds for `connect` as well, which waits while the server's backlog is full.
    stream.set_write_timeout(Some(TIME_LIMIT))?;
    stream.connect(&address).map_err(late)?;
    stream.write_all(format!("{}\n", std::process::id()).as_bytes()).map_err(late)?;
    let mut reply = Vec::new();
    let mut bytes = [0; LONGEST_REPLY];
    while reply.len() < LONGEST_REPLY {
        let left = deadline.saturating_duration_since(Instant::now());
        stream.set_read_timeout(Some(left.max(Duration::from_micros(1))))?;
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => reply.extend_from_slice(&bytes[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(late(error)),
        }
    }
    Ok(reply)
}
