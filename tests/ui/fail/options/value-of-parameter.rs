//! What an option reads is there already: it comes from the caller.
use port_runtime::with_free_port;
use std::net::TcpListener;

struct Args {
    port: u16,
}

#[with_free_port(port = args.port)]
fn serve(args: Args, listener: TcpListener) {
    let _ = (args.port, listener);
}

fn main() {
    serve();
}
