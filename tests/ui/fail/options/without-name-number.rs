//! A number alone is a preference.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(8080)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
