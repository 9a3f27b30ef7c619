//! rustc refuses macros on other files by itself.
use port_runtime::with_free_port;

#[with_free_port]
mod elsewhere;

fn main() {}
