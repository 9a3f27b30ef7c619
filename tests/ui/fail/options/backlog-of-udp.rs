//! Only a listener has connections that wait.
use port_runtime::with_free_port;
use std::net::{TcpListener, UdpSocket};

#[with_free_port(backlog = 16)]
fn answer(socket: UdpSocket) {
    let _ = socket;
}

// One of these is a listener.
#[with_free_port(backlog = 16)]
fn serve(listener: TcpListener, socket: UdpSocket) {
    let _ = (listener, socket);
}

fn main() {
    answer();
    serve();
}
