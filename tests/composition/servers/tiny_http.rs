use std::net::TcpListener;
use std::thread;

use port_runtime::with_free_port;
use tiny_http::{Response, Server};

use crate::support::{PATIENCE, get};

#[with_free_port]
#[test]
fn serves(listener: TcpListener) {
    let address = listener.local_addr().unwrap();
    let server = Server::from_listener(listener, None).unwrap();
    let server = thread::spawn(move || {
        let request = server.recv_timeout(PATIENCE).unwrap().expect("a request");
        request.respond(Response::from_string("hello from tiny_http")).unwrap();
    });
    assert_eq!(get(address), (200, "hello from tiny_http".to_owned()));
    server.join().unwrap();
}
