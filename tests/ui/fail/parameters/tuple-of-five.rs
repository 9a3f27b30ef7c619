//! A tuple is one number for up to four.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port]
fn serve(l: (TcpListener, TcpListener, TcpListener, TcpListener, TcpListener)) {
    drop(l);
}

fn main() {
    serve();
}
