//! A value has a name.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(= "localhost")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
