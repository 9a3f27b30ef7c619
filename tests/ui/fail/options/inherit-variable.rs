//! The variables of a service manager are read by `inherit` itself.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(inherit = LISTEN_FDS)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
