//! Every interface has an address of its own.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = "*")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
