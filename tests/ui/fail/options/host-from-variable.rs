//! A host from a variable has a default of its own.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host = std::env::var("HOST").unwrap_or("0.0.0.0"))]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
