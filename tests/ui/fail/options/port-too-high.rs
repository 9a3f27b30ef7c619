//! Ports end at 65535.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(port = 70000)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
