//! The front part of the crate that `nextest-storm` generates; the tests follow.
#![cfg(test)]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::{env, process, thread, time::Duration};

use port_runtime::{ReservedPort, with_free_port};

/// The port is this test's alone, and it is this test that answers there.
fn greets(listener: &TcpListener) {
    let address = listener.local_addr().unwrap();
    let claim = Path::new(&env::var_os("STORM_CLAIMS").unwrap()).join(address.port().to_string());
    File::create_new(&claim).expect("another test has this port");
    // Long enough to overlap with the others.
    thread::sleep(Duration::from_millis(5));
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(&process::id().to_ne_bytes()).unwrap();
    let mut greeting = [0; 4];
    listener.accept().unwrap().0.read_exact(&mut greeting).unwrap();
    assert_eq!(u32::from_ne_bytes(greeting), process::id());
    fs::remove_file(claim).unwrap();
}

/// What a child process does that was told the number.
fn server_on(port: &ReservedPort) -> TcpListener {
    TcpListener::bind(port.addr()).unwrap()
}
