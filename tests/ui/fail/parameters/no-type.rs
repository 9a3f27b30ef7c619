//! What rustc refuses is told by rustc, once, and what follows from it is not told.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serves(listener) -> std::io::Result<u16> {
    Ok(listener.local_addr()?.port())
}

#[with_free_port]
fn connects(listener: TcpListener, other: mut TcpListener) {
    drop((listener, other));
}

#[with_free_port]
fn accepts(listener: TcpListener) {
    drop(listener);
}

fn main() {
    accepts();
    serves().unwrap();
    connects();
}
