//! What to do without a port is a word, without quotes.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(on_error = "panic")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
