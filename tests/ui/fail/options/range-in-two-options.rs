//! Both ends of a range stand in one option.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(min_port = 8000, max_port = 9000)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
