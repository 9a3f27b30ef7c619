//! Only functions have parameters.
use port_runtime::with_free_port;

#[with_free_port]
use std::net::TcpListener;

fn main() {
    let _ = TcpListener::bind("127.0.0.1:0");
}
