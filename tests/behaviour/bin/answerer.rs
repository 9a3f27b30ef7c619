//! A server on sockets that were passed: it answers as many requests on each, and ends.
//!
//! `answerer std|tokio COUNT NAME…`, where `-` is the next socket, whatever its name. A request is a line; the answer is
//! the process number, the name, and the line.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use std::{env, process, thread};

use port_runtime::PortRequest;

/// Nobody waits for longer when the tests have failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let mut arguments = env::args().skip(1);
    let kind = arguments.next().expect("std or tokio");
    let count = arguments.next().and_then(|count| count.parse().ok()).expect("a number of requests");
    let servers: Vec<_> = arguments.map(|name| serve(kind == "tokio", count, name)).collect();
    assert!(!servers.is_empty(), "at least one name");
    for server in servers {
        server.join().expect("all requests were answered");
    }
}

fn serve(with_tokio: bool, count: usize, name: String) -> thread::JoinHandle<()> {
    let request = match name.as_str() {
        "-" => PortRequest::new().inherit(),
        _ => PortRequest::new().inherit_named(name.clone()),
    };
    if with_tokio {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener: tokio::net::TcpListener = runtime.block_on(request.bind_async()).unwrap();
        return thread::spawn(move || {
            for _ in 0..count {
                let accepted = runtime.block_on(async { tokio::time::timeout(PATIENCE, listener.accept()).await });
                let (connection, _) = accepted.expect("somebody asks").unwrap();
                let connection = connection.into_std().unwrap();
                connection.set_nonblocking(false).unwrap();
                answer(&connection, &name);
            }
        });
    }
    let listener: TcpListener = request.timeout(PATIENCE).bind().unwrap();
    thread::spawn(move || (0..count).for_each(|_| answer(&listener.accept().unwrap().0, &name)))
}

fn answer(mut connection: &TcpStream, name: &str) {
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line).unwrap();
    write!(connection, "{} {name} {line}", process::id()).unwrap();
}
