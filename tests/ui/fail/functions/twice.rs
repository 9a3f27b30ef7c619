//! One attribute takes all options.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 8080)]
#[with_free_port(backlog = 16)]
fn serve(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
