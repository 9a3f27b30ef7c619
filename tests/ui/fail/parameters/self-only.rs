//! A receiver is no port.
use port_runtime::with_free_port;

struct Server;

impl Server {
    #[with_free_port]
    fn start(&self) {}
}

fn main() {
    Server.start();
}
