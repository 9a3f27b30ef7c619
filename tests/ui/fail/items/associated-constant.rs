//! Beside an associated constant, the message is a macro call.
use port_runtime::with_free_port;
use std::net::TcpListener;

struct Server;

impl Server {
    #[with_free_port]
    const PORT: u16 = 0;
}

fn serve(_: TcpListener) {}

fn main() {
    let _ = (Server::PORT, serve);
}
