//! A port is bound at run time.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
const fn serve(listener: TcpListener) -> usize {
    let _ = &listener;
    std::mem::forget(listener);
    1
}

const SERVED: [u8; serve()] = [0; 1];

fn main() {
    let _ = SERVED;
}
