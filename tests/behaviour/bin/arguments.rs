//! A server with command-line arguments, as the manual shows one. It prints its URL and ends.

use std::net::TcpListener;
use std::{env, io};

use port_runtime::{Bound, with_free_port};

struct Args {
    port: Option<u16>,
}

impl Args {
    /// `None` for `--help`.
    fn parse() -> Option<Self> {
        let mut words = env::args().skip(1);
        match words.next().as_deref() {
            Some("--help") => None,
            Some("--port") => Some(Self { port: words.next().and_then(|port| port.parse().ok()) }),
            _ => Some(Self { port: None }),
        }
    }
}

fn main() -> io::Result<()> {
    match Args::parse() {
        None => {
            println!("usage: arguments [--port PORT]");
            Ok(())
        }
        Some(args) => serve(args),
    }
}

#[with_free_port(port = args.port, env = "PORT")]
#[expect(clippy::needless_pass_by_value, reason = "as a server that is configured would take them")]
fn serve(args: Args, #[free_port] listener: TcpListener) -> io::Result<()> {
    assert!(args.port.is_none_or(|port| port == 0 || port == listener.port()));
    println!("{}", listener.url("http"));
    Ok(())
}
