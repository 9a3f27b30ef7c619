//! No other attribute could take this one, so it is meant as a mark.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[port(8080)] listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
