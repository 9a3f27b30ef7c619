//! Units are short.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(timeout = "5 seconds")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
