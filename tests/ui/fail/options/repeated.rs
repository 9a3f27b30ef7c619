//! Each option stands once.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = "127.0.0.1", host = "::1")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
