//! Nobody can pass what is filled after `...`.

use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
unsafe fn serve(listener: TcpListener, _: ...) {
    let _ = &listener;
}

fn main() {
    unsafe { serve() };
}
