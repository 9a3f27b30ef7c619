//! Only functions have parameters.
use port_runtime::with_free_port;

#[with_free_port]
struct Server;

fn main() {
    let _ = Server;
}
