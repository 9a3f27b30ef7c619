//! An option that sounds like another is a typo.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(hots = "localhost", ranges = 8000..9000, prefered = 8080, evn = "PORT")]
fn serve(listener: TcpListener) -> TcpListener {
    listener
}

fn main() {
    serve();
}
