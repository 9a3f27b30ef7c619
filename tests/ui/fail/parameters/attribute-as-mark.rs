//! The mark is `#[free_port]`.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[with_free_port(prefer = 8080)] listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
