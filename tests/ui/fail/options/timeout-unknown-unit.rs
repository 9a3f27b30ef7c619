//! The units of time are few.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(timeout = "5 days")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
