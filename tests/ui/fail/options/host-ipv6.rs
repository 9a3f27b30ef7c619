//! An IPv6 address has colons in the right places.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = ":::1")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
