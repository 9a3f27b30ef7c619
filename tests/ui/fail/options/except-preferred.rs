//! One port cannot be both wanted and excepted.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 8080, except = 8000..9000)]
fn serve(listener: TcpListener) {
    let _ = listener;
}

fn main() {
    serve();
}
