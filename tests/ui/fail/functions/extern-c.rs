//! Callers in C pass every parameter.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
extern "C" fn serve(listener: TcpListener) -> usize {
    let _ = &listener;
    1
}

fn main() {
    serve();
}
