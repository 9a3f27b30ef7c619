//! No shell sets a variable with a space in its name.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(env = "MY PORT")]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
