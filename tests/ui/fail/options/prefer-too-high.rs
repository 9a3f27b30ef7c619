//! The last port is 65535.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 70000)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
