//! An empty list has no port to give.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = [])]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
