//! A macro call is no function yet.
use port_runtime::with_free_port;

#[with_free_port]
thread_local! {
    static PORT: u16 = 8080;
}

fn main() {
    PORT.with(|_| ());
}
