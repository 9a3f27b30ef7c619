//! An option like no other gets the list.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(retries = 5)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
