//! Nobody infers the type of a parameter.
use port_runtime::with_free_port;

#[with_free_port]
fn serve(l: _) {
    drop(l);
}

fn main() {
    serve();
}
