//! Testing a real server program: it is started with its listener, so that no port number passes from hand to hand.
//!
//! `cargo run -p port-runtime --example binary_under_test`
//!
//! In a test of your own, the program is `env!("CARGO_BIN_EXE_server")` and its `main` is annotated as `serve` is here.
//! This example starts itself. The program is gone at the end, also if the assertion fails: `-- goodbye` lets it.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => unix::serve(),
        expected => unix::test(expected.unwrap_or("hello")),
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("sockets can be handed to a child on Unix only; see the example `reserved_port`");
}

#[cfg(unix)]
mod unix {
    use std::env;
    use std::error::Error;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;

    use port_runtime::{PassListeners, with_free_port};

    /// The program under test.
    #[with_free_port(inherit = "greetings", env = "PORT", prefer = 8080)]
    pub(super) fn serve(listener: TcpListener) -> Result<(), Box<dyn Error>> {
        for connection in listener.incoming() {
            connection?.write_all(b"hello")?;
        }
        Ok(())
    }

    /// The test: the listener is bound here, goes to the program, and is gone from this process.
    #[with_free_port]
    pub(super) fn test(#[free_port] listener: TcpListener, expected: &str) -> Result<(), Box<dyn Error>> {
        let mut program = Command::new(env::current_exe()?);
        let server = PassListeners::new().with("greetings", listener).start(program.arg("serve"))?;

        // Nobody has to wait until the server is up: connections queue in the listener, which exists all the time.
        let mut greeting = String::new();
        TcpStream::connect(server.addr())?.read_to_string(&mut greeting)?;
        println!("process {} at {} says {greeting:?}", server.id(), server.addr());
        assert_eq!(greeting, expected);
        Ok(())
    }
}
