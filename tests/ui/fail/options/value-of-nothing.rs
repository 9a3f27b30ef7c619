//! In front of the body there are no variables but parameters.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(port = args.port)]
fn serve(listener: TcpListener) {
    let _ = listener;
}

#[with_free_port(range = min..max)]
fn serve_in_range(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
    serve_in_range();
}
