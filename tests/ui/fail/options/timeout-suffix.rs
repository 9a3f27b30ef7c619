//! A timeout stands in quotes.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(timeout = 500ms)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
