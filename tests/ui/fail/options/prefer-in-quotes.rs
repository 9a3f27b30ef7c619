//! A port is a number.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = "8080")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
