//! `prefer` is one port.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 8080, 8081)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
