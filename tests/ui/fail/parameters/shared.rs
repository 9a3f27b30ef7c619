//! The socket is filled, and what is around it is made in the body.
use port_runtime::with_free_port;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

#[with_free_port]
fn serve(listener: Arc<Mutex<TcpListener>>) {
    drop(listener);
}

fn main() {
    serve();
}
