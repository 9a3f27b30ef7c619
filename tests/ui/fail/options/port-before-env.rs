//! `port` is exact, so that nothing after it is looked at.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(port = 8080, env = "PORT")]
fn serve(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
