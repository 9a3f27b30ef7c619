//! A variable names one port.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "PORT")]
fn serve(first: TcpListener, second: TcpListener) {
    let _ = (first, second);
}

fn main() {
    serve();
}
