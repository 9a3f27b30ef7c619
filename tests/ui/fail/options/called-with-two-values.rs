//! A range is written as in Rust.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range(8000, 9000))]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
