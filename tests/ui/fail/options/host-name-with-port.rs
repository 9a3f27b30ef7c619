//! The port has an option of its own.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = "localhost:8080")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
