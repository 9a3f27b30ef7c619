//! Port 0 means any port, and needs no option.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 0)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
