//! Waiting until somebody listens on a reserved number, whoever it is.

use std::net::SocketAddr;
use std::time::Duration;

use super::ReservedPort;
use crate::error::{Error, ErrorKind};
use crate::sys;
use crate::sys::listening::Listening;
use crate::wait::{Cancel, Wait};

impl ReservedPort {
    /// Waits until somebody listens where a connection to [`addr`](Self::addr) arrives, without making one: a server that
    /// accepts only once, or that is started by its first connection, does not notice. It listens then, and need not be
    /// ready to answer. For a child of your own, [`start`](Self::start) does more.
    ///
    /// ```no_run
    /// # fn wait(port: &port_runtime::ReservedPort) -> Result<(), port_runtime::Error> {
    /// let run = format!("docker run --rm -d -p {}:80 nginx", port.port());
    /// println!("do this in the next minute: {run}");
    /// port.wait_until_listening(std::time::Duration::from_secs(60))
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TimedOut`](ErrorKind::TimedOut) when nobody does for that long, [`Unsupported`](ErrorKind::Unsupported) outside
    /// Linux, where a held port cannot be listened on.
    pub fn wait_until_listening(&self, timeout: Duration) -> Result<(), Error> {
        wait_until_listening(self.address, &Wait::new(timeout, &Cancel::default()))
    }

    /// [`wait_until_listening`](Self::wait_until_listening) for `async` functions. The limit holds whatever the runtime
    /// is busy with, since a thread does the waiting; a paused clock of tokio stands still meanwhile.
    ///
    /// ```no_run
    /// # async fn wait(port: &port_runtime::ReservedPort) -> Result<(), port_runtime::Error> {
    /// port.wait_until_listening_async(std::time::Duration::from_secs(60)).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    #[cfg(feature = "tokio")]
    pub async fn wait_until_listening_async(&self, timeout: Duration) -> Result<(), Error> {
        let address = self.address;
        let wait = move |cancel: &Cancel| wait_until_listening(address, &Wait::new(timeout, cancel));
        crate::aside::run(wait).await.unwrap_or_else(|error| {
            Err(Error::system(ErrorKind::System, format!("cannot wait for a listener: {error}"), &error))
        })
    }
}

fn wait_until_listening(address: SocketAddr, wait: &Wait<'_>) -> Result<(), Error> {
    if !sys::LINUX {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "waiting for a listener on a reserved port is possible on Linux only; release the port and connect",
        ));
    }
    loop {
        let Listening::Elsewhere(places) = listening(address)? else { return Ok(()) };
        if !wait.pause() {
            return Err(nobody_listens(address, wait.timeout, &places));
        }
    }
}

pub(super) fn listening(address: SocketAddr) -> Result<Listening, Error> {
    let look = sys::listening::on(address);
    look.map_err(|error| Error::system(ErrorKind::System, format!("cannot look at {address}: {error}"), &error))
}

fn nobody_listens(address: SocketAddr, timeout: Duration, places: &[SocketAddr]) -> Error {
    let places: Vec<_> = places.iter().map(ToString::to_string).collect();
    let why = match &places[..] {
        [] => "is the server running, and was it given this port?".to_owned(),
        places => format!("somebody listens on {}, where a connection to it does not arrive", places.join(", ")),
    };
    Error::new(ErrorKind::TimedOut, format!("nobody listens on {address} after {timeout:?}; {why}"))
}
