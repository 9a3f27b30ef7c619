//! The attribute stands on each method, not on the trait.
use port_runtime::with_free_port;

#[with_free_port]
trait Serve {
    fn serve(&self) {}
}

impl Serve for () {}

fn main() {
    ().serve();
}
