//! rustc refuses the mark, and says so.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(#[free_port prefer = 8080] listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
