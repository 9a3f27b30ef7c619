//! A parameter is marked where it stands.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(listener = 8080)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
