//! A range has two ends.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = 8000..)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
