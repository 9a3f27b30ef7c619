//! An address is no expression in Rust.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = 127.0.0.1)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
