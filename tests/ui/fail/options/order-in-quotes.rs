//! The order is a word.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = 8000..9000, order = "random")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
