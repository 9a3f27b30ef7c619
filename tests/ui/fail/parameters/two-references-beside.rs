//! One mark is enough for all references.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(name: &str, log: &mut Vec<u8>, listener: TcpListener) {
    println!("{name} {log:?}"); drop(listener);
}

fn main() {
    serve();
}
