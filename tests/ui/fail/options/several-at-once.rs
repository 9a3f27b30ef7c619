//! All mistakes of one function come in one compile.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(hots = "x", prefer = 0, range = 9000..8000)]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
