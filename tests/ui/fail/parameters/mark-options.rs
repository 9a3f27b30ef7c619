//! The options of a mark are those of the attribute.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[free_port(hots = "localhost")] listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
