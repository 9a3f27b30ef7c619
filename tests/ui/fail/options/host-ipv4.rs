//! An IPv4 address has four numbers up to 255.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = "127.0.0.256")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
