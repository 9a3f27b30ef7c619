//! A variable has a name.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
