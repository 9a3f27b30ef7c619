//! A reference comes from the caller, so the others are marked.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(name: &str, listener: TcpListener) {
    println!("{name}"); drop(listener);
}

fn main() {
    serve();
}
