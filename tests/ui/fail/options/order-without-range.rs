//! An order is that of a range.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(order = random)]
fn serve(listener: TcpListener) {
    let _ = listener;
}

// A request may bring the range.
#[with_free_port(request = port_runtime::PortRequest::new().range(20000..30000), order = random)]
fn serve_by_policy(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
    serve_by_policy();
}
