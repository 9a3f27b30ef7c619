//! All mistakes of one function come in one compile.
use port_runtime::with_free_port;
use std::net::TcpListener;

#[with_free_port(prefer = 0)]
const fn serve<'a>(first: &'a TcpListener, second: impl Send, #[allow(unused)] third: TcpListener) -> std::io::Result<&'a TcpListener> {
    drop(second);
    first.accept()?;
    Ok(first)
}

fn main() {
    serve().unwrap();
}
