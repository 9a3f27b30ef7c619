//! `prefer` is no `Option`; `port` takes one.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = Some(8080))]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
