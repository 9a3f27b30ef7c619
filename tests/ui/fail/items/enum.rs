//! Only functions have parameters.
use port_runtime::with_free_port;

#[with_free_port]
enum Server {
    Http,
}

fn main() {
    let _ = Server::Http;
}
