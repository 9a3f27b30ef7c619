//! Two attributes cannot fill one parameter.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[free_port] #[values(1, 2)] listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
