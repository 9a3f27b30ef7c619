//! Only functions have parameters.
use port_runtime::with_free_port;

#[with_free_port]
type Port = u16;

fn main() {
    let _: Port = 5;
}
