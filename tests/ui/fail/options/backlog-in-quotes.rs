//! The backlog is a number.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(backlog = "128")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
