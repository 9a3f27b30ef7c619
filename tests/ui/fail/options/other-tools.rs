//! What the option of another tool is here.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(retries = 5)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
