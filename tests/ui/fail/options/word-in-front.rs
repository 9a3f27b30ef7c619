//! Nothing stands in front of an option.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(let port = 8080)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
