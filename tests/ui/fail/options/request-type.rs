//! A request is a value.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(request = port_runtime::PortRequest)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
