//! A crate has no parameters.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
extern crate std as renamed;

fn serve(_: TcpListener) {}

fn main() {
    let _ = renamed::env::args; let _ = serve;
}
