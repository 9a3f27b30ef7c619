//! There are two things to do without a port.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(on_error = ignore)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
