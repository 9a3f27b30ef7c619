//! Most options need a value.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host, range = , timeout)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
