//! A string alone is a host.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port("127.0.0.1")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
