//! `env` names a variable; what it says is read when the program runs.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "8080")]
fn serve(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
