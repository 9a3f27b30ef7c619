//! Only functions have parameters.
use port_runtime::with_free_port;

#[with_free_port]
static PORT: u16 = 8080;

fn main() {
    let _ = PORT;
}
