//! A range begins with its lowest port.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = 9000..8000)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
