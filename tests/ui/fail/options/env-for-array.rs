//! A variable names one port, and an array has several.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "PORT")]
fn serve(listeners: [TcpListener; 2]) {
    let _ = listeners;
}

fn main() {
    serve();
}
