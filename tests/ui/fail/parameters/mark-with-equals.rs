//! The options of a mark stand in parentheses.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[free_port = 8080] listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
