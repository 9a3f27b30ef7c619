//! A time-out as other crates and languages say it.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(timeout = 5 * second)]
fn serve(listener: TcpListener) {
    let _ = listener;
}

#[with_free_port(timeout = Duration::seconds(5))]
fn serve_as_well(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
    serve_as_well();
}
