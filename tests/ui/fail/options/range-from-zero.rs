//! Port 0 is not a port.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = 0..9000)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
