//! One parameter takes one socket.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(inherit = "http:https")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
