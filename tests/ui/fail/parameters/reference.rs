//! What is filled is owned.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(listener: &TcpListener) {
    listener.accept().unwrap();
}

fn main() {
    serve();
}
