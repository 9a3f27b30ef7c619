//! `except` takes a list.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(except = 8080)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
