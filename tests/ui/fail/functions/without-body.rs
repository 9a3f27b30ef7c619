//! A declaration has nothing to bind in.
use port_runtime::with_free_port;
use std::net::TcpListener;

trait Serve {
    #[with_free_port]
    fn serve(&self, listener: TcpListener) -> u16;
}

impl Serve for u16 {
    #[with_free_port]
    fn serve(&self, listener: TcpListener) -> u16 {
        listener.local_addr().unwrap().port()
    }
}

fn main() {
    8080.serve();
}
