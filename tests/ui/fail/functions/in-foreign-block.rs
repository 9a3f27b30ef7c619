//! A foreign function has no body to bind in.

use port_runtime::with_free_port;

unsafe extern "C" {
    #[with_free_port]
    fn abs(number: i32) -> i32;
}

fn main() {}
