//! An option is no call.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(host("127.0.0.1"), prefer(8080))]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
