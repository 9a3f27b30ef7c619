//! A parameter has no documentation.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(/// Where we listen.
    listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
