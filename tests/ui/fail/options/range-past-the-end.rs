//! The last port is 65535.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = 8000..65536)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
