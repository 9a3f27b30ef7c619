//! Options have names in a mark, too.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[free_port(8080)] listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
