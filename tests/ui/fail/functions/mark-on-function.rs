//! A mark stands on a parameter.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
#[free_port(prefer = 8080)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
