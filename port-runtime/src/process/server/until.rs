//! Readiness beyond listening: whatever a closure says.

use std::time::Duration;

use super::ServerProcess;
use crate::error::{Error, ErrorKind};
use crate::wait::{Cancel, Wait};

impl ServerProcess {
    /// Calls the closure again and again until it says yes: the server answers, its schema is there.
    ///
    /// ```no_run
    /// # fn ready(server: &port_runtime::ServerProcess) -> Result<(), port_runtime::Error> {
    /// use std::io::{Read, Write};
    /// use std::net::TcpStream;
    /// use std::time::Duration;
    ///
    /// server.wait_until(Duration::from_secs(10), |server| {
    ///     let Ok(mut connection) = TcpStream::connect(server.addr()) else { return false };
    ///     let mut answer = String::new();
    ///     let _ = connection.write_all(b"GET /health HTTP/1.0\r\n\r\n");
    ///     let _ = connection.read_to_string(&mut answer);
    ///     answer.contains(" 200 OK")
    /// })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ProcessEnded`](ErrorKind::ProcessEnded) as soon as the child has ended, [`TimedOut`](ErrorKind::TimedOut) when
    /// the closure does not say yes in time. A call of it that does not return is not interrupted.
    pub fn wait_until(&self, timeout: Duration, mut is_ready: impl FnMut(&Self) -> bool) -> Result<(), Error> {
        let cancel = Cancel::default();
        let wait = Wait::new(timeout, &cancel);
        loop {
            self.runs()?;
            if is_ready(self) {
                return Ok(());
            }
            if !wait.pause() {
                self.runs()?;
                return Err(self.too_late(timeout));
            }
        }
    }

    /// [`wait_until`](Self::wait_until) with a closure that returns a future, which is dropped when the time is up or the
    /// child has ended.
    ///
    /// ```no_run
    /// # async fn ready(server: &port_runtime::ServerProcess) -> Result<(), port_runtime::Error> {
    /// use std::time::Duration;
    /// use tokio::net::TcpStream;
    ///
    /// let connects = |server: &port_runtime::ServerProcess| {
    ///     let address = server.addr();
    ///     async move { TcpStream::connect(address).await.is_ok() }
    /// };
    /// server.wait_until_async(Duration::from_secs(10), connects).await
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
    pub async fn wait_until_async<F>(
        &self,
        timeout: Duration,
        mut is_ready: impl FnMut(&Self) -> F,
    ) -> Result<(), Error>
    where
        F: Future<Output = bool>,
    {
        use std::sync::Arc;

        let (program, started) = (Arc::clone(&self.program), std::time::Instant::now());
        let left = move || timeout.saturating_sub(started.elapsed());
        // The end of the time, or of the program.
        let over = crate::aside::run(move |cancel| {
            let wait = Wait::new(timeout, cancel);
            while !program.has_ended() && wait.pause() {}
        });
        let yes = async {
            let mut pause = Duration::from_millis(1);
            while !is_ready(self).await {
                let this_pause = pause.min(left());
                pause = (pause * 2).min(Duration::from_millis(50));
                crate::aside::run(move |cancel| {
                    let wait = Wait::new(this_pause, cancel);
                    while wait.pause() {}
                })
                .await?;
            }
            Ok(true)
        };
        let over = async { over.await.map(|()| false) };
        match crate::aside::first(yes, over).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.runs()?;
                Err(self.too_late(timeout))
            }
            Err(error) => Err(Error::system(ErrorKind::System, format!("cannot wait for the server: {error}"), &error)),
        }
    }

    /// An error when it has ended.
    fn runs(&self) -> Result<(), Error> {
        self.ended().map_or(Ok(()), |ended| Err(self.ended_too_early("was ready", ended, None)))
    }

    fn too_late(&self, timeout: Duration) -> Error {
        let message = format!("{} is not ready after {timeout:?}", self.name);
        Error::new(ErrorKind::TimedOut, message + &self.output.in_error())
    }
}
