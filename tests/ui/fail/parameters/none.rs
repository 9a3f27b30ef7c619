//! An attribute that does nothing is a mistake.
use port_runtime::with_free_port;

#[with_free_port]
fn serve() {
    listener.accept().unwrap();
}

fn main() {
    serve();
}
