//! The attribute stands on each method, not on the block.
use port_runtime::with_free_port;

#[with_free_port]
impl Server {
    fn start(&self, #[free_port] listener: std::net::TcpListener) {
        let _ = listener;
    }
}

struct Server;

fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    Server.start(listener);
}
