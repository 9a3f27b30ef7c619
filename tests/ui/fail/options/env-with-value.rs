//! The variable is named without its value.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "PORT=8080")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
