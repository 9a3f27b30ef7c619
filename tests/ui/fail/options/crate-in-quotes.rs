//! The runtime is a path, without quotes.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(crate = "port_runtime")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
