//! An empty host is no host.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = "")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
