//! The attribute stands on each function, not on the module.
use port_runtime::with_free_port;

#[with_free_port]
mod tests {
    pub fn known() {}
}

fn main() {
    tests::known();
}
