//! Options are separated by commas.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 8080; env = "PORT")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
