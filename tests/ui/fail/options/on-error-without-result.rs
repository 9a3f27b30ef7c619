//! Where nothing is returned, no error is.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(on_error = return)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
