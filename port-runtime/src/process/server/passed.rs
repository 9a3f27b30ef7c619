//! A server that takes its sockets: it can be reached from the first moment, so there is nothing to wait for.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::process::Command;

use socket2::SockRef;

use super::ServerProcess;
use super::start::cannot_start;
use crate::error::Error;
use crate::process::PassListeners;
use crate::sys::program::Mark;

impl PassListeners {
    /// [`spawn`](Self::spawn) for a server that is gone at the end: the [`ServerProcess`] ends it, with all that it has
    /// started itself, when it is dropped.
    ///
    /// It returns when the program runs. Nobody has to wait until it is up, because connections queue in the listener; its
    /// [`addr`](ServerProcess::addr) is that of the passed socket with the lowest port.
    ///
    /// ```no_run
    /// use port_runtime::{PassListeners, with_free_port};
    /// use std::net::{TcpListener, TcpStream};
    /// use std::process::Command;
    ///
    /// # #[cfg(feature = "macros")]
    /// #[with_free_port]
    /// #[test]
    /// fn answers(listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
    ///     let mut command = Command::new("target/debug/server");
    ///     let server = PassListeners::new().with("http", listener).start(&mut command)?;
    ///     TcpStream::connect(server.addr())?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`spawn`](Self::spawn), and when there is no socket to pass.
    pub fn start(&mut self, command: &mut Command) -> Result<ServerProcess, Error> {
        let lowest = self.sockets().iter().filter_map(address).min_by_key(SocketAddr::port);
        let Some(address) = lowest else {
            return Err(Error::invalid("there is no socket to pass; add one with `with`"));
        };
        let name = command.get_program().to_string_lossy().escape_debug().to_string();
        let mark = Mark::put_on(command);
        let spawned = self.spawn(command);
        mark.take_off(command);
        let child = spawned.map_err(|error| cannot_start(&name, command, &error))?;
        Ok(ServerProcess::new(child, format!("`{name}`"), mark).at(address))
    }
}

/// Of a Unix socket there is none.
fn address(socket: &impl AsFd) -> Option<SocketAddr> {
    let address: io::Result<_> = SockRef::from(socket).local_addr();
    address.ok()?.as_socket()
}
