//! A union has no parameters.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
union Union {
    listener: std::mem::ManuallyDrop<TcpListener>,
}

fn main() {
    let _ = |u: Union| unsafe { drop(u.listener) };
}
