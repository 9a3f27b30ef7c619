//! Options are spelled as the methods of `PortRequest`.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(preferPort = 8080)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
