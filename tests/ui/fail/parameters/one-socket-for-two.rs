//! A name is that of one socket.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(inherit = "http")]
fn serve(first: TcpListener, second: TcpListener) {
    let _ = (first, second);
}

fn main() {
    serve();
}
