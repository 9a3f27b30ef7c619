//! The backlog counts connections.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(backlog = -1)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
