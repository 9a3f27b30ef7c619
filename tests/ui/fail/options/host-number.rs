//! A host is a string or an address.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = 127)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
