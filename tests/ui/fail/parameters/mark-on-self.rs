//! A receiver is no port.
use port_runtime::with_free_port;
use std::net::TcpListener;

struct Server;

impl Server {
    #[with_free_port]
    fn start(#[free_port] &self, #[free_port] listener: TcpListener) {
        let _ = listener;
    }
}

fn main() {
    Server.start();
}
