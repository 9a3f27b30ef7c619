//! Only Rust functions are filled.
use port_runtime::with_free_port;

#[with_free_port]
unsafe extern "C" {
    safe fn abs(number: i32) -> i32;
}

fn main() {
    abs(5);
}
