//! The port server has its address from the environment.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(portserver = "@server")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
