//! What is marked is owned.
use port_runtime::with_free_port;

#[with_free_port]
fn serve(#[free_port] n: &mut u8) {
    *n += 1;
}

fn main() {
    serve();
}
