//! A host is no URL.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = "http://localhost")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
