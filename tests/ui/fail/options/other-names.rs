//! Names from other tools have a counterpart.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(addr = "127.0.0.1", ports = 8000..9000)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
