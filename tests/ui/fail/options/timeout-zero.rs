//! A timeout of zero gives up at once.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(timeout = "0s")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
