//! `env` takes the name alone.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "${PORT}")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
