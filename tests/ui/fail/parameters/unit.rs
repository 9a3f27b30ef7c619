//! What holds no socket needs no port.
use port_runtime::with_free_port;

#[with_free_port]
fn serve(l: ()) {
    drop(l);
}

fn main() {
    serve();
}
