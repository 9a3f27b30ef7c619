//! The names of options are plain words.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(r#prefer = 8080)]
fn serve(listener: TcpListener) {
    drop(listener);
}

fn main() {
    serve();
}
