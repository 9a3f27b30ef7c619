//! `env` is one variable.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = ["PORT", "MY_PORT"])]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
