//! A harness is owned by the test.
use port_runtime::with_free_port;

struct Harness;

#[with_free_port]
fn serve(harness: &Harness) {
    drop(harness);
}

fn main() {
    serve();
}
