//! A plain value beside a socket comes from the caller.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(retries: u32, listener: TcpListener) {
    let _ = (retries, listener);
}

fn main() {
    serve();
}
