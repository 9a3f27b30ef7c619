//! An attribute behind a condition may belong to anybody.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[cfg_attr(test, case)] listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
