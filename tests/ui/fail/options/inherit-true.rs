//! `inherit` is no switch.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(inherit = true)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
