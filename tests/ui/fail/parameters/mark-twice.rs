//! All options of a parameter stand in one mark.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[free_port(prefer = 8080)] #[free_port(backlog = 1)] listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
