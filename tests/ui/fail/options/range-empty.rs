//! The end of `..` is not in the range.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = 8000..8000)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
