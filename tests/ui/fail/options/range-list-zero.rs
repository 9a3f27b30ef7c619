//! The port to change is underlined, and not the list.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(range = [8000, 0, 70000])]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
