//! A vector does not say how many.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(listeners: Vec<TcpListener>) {
    drop(listeners);
}

fn main() {
    serve();
}
