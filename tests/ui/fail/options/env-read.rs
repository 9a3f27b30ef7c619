//! `env` reads the variable itself.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = std::env::var("PORT"))]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
