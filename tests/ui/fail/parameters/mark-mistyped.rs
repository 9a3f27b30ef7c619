//! The mark is `#[free_port]`.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[freeport] listener: TcpListener, _n: u8) {
    drop(listener);
}

fn main() {
    serve(5);
}
