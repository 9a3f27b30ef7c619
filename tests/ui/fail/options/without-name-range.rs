//! A range alone needs its name.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(8000..=8999)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
