//! rustc refuses the attribute, and says so.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port = 8080]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
