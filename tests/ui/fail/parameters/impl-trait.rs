//! What is filled has a type of its own.
use port_runtime::with_free_port;

#[with_free_port]
fn serve(listener: impl std::fmt::Debug) {
    let _ = listener;
}

fn main() {
    serve();
}
