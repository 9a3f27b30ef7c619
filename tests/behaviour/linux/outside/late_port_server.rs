//! Port servers that take too long: given up after a time of their own.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use super::fake_port_server::{PATIENCE, abstract_name, ask, serve_abstract};

/// A server that listens, accepts nobody, and whose backlog is full.
fn full() -> (String, Vec<Socket>) {
    let address = abstract_name();
    let bound = SockAddr::unix(address.replace('@', "\0")).unwrap();
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    server.bind(&bound).unwrap();
    server.listen(0).unwrap();
    let mut kept = vec![server];
    for _ in 0..100 {
        let client = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        client.set_nonblocking(true).unwrap();
        if client.connect(&bound).is_err() {
            return (address, kept);
        }
        kept.push(client);
    }
    panic!("the backlog never fills");
}

#[test]
fn is_given_up() {
    let silent = serve_abstract(|mut client| {
        // Even if the client never gives up.
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = client.read_to_end(&mut Vec::new());
    });
    // Each byte comes long before the limit, and all of them long after it.
    let slow = serve_abstract(|mut client| {
        for _ in 0..100 {
            thread::sleep(Duration::from_millis(500));
            if client.write_all(b"1").is_err() {
                break;
            }
        }
    });
    let (full, kept) = full();
    thread::spawn(move || {
        thread::sleep(PATIENCE);
        drop(kept);
    });
    thread::scope(|scope| {
        for address in [silent, slow, full] {
            scope.spawn(move || {
                let late = "cannot be asked: it has not answered within 5s; is it running?";
                let expected = format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) {late}");
                assert_eq!(ask(&address), Err(expected));
            });
        }
    });
}
