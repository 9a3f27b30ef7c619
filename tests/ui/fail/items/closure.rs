//! rustc refuses attributes on expressions by itself.
use port_runtime::with_free_port;
use std::net::TcpListener;


fn main() {
    let serve = #[with_free_port]
    |listener: TcpListener| drop(listener);
    let _ = serve;
}
