//! Ready or dead: waits until a program listens where it should, or until it is known that it will not.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Ended, ServerProcess};
use crate::error::{Error, ErrorKind};
use crate::refusal::holder;
use crate::sys::program::Look;
use crate::wait::{Cancel, Wait};

/// Where a program is expected.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    At(SocketAddr),
    /// On whatever port it chooses itself.
    Anywhere,
}

/// A daemon needs a moment after its parent has said that all is well.
const DAEMON: Duration = Duration::from_millis(300);

/// Where a program listens instead.
#[derive(Default)]
struct Elsewhere {
    places: Vec<SocketAddr>,
    since: Option<Duration>,
    looked: Duration,
}

impl Elsewhere {
    /// Asks now and then; it takes longer than the question who listens here.
    fn look(&mut self, server: &ServerProcess, wait: &Wait<'_>) {
        let now = wait.elapsed();
        if now.saturating_sub(self.looked) >= Duration::from_millis(50) {
            self.looked = now;
            self.places = server.program.listeners().unwrap_or_default();
            self.since = if self.places.is_empty() { None } else { self.since.or(Some(now)) };
        }
    }

    /// A program may open a second port before its first one, so it gets some time; but not all of it.
    fn is_for_good(&self, address: SocketAddr, wait: &Wait<'_>) -> bool {
        let same_port = self.places.iter().any(|it| it.port() == address.port());
        let patience = wait.timeout / if same_port { 4 } else { 2 };
        self.since.is_some_and(|since| wait.elapsed() >= patience.saturating_add(since))
    }
}

impl ServerProcess {
    /// Waits until it is ready, and returns where it listens.
    pub(super) fn ready(&self, target: Target, timeout: Duration, cancel: &Cancel) -> Result<SocketAddr, Error> {
        let wait = Wait::new(timeout, cancel);
        match target {
            Target::At(address) => self.ready_at(address, &wait).map(|()| address),
            Target::Anywhere => self.ready_anywhere(&wait),
        }
    }

    fn ready_at(&self, address: SocketAddr, wait: &Wait<'_>) -> Result<(), Error> {
        let mut elsewhere = Elsewhere::default();
        let mut seen_before = false;
        loop {
            let look = self.program.look(address).map_err(|error| cannot_look(address, &error))?;
            // After the look: a daemon's parent may have ended meanwhile, and then it is that which is wrong.
            if let Some(ended) = self.ended() {
                return Err(self.ended_too_early(&format!("listened on {address}"), ended, Some(address)));
            }
            match look {
                Look::Ready => return Ok(()),
                Look::Descendant if seen_before => return Ok(()),
                Look::Stranger(owner) if seen_before => return Err(self.stranger(address, &holder::name(&owner))),
                Look::Descendant | Look::Stranger(_) => seen_before = true,
                Look::Nobody => elsewhere.look(self, wait),
            }
            if elsewhere.is_for_good(address, wait) || !wait.pause() {
                return Err(self.not_ready(address, &self.program.listeners().unwrap_or_default(), wait));
            }
        }
    }

    /// Ready when the addresses are the same at two looks in a row: a program may have several, one after the other.
    fn ready_anywhere(&self, wait: &Wait<'_>) -> Result<SocketAddr, Error> {
        let mut before = Vec::new();
        loop {
            if let Some(ended) = self.ended() {
                return Err(self.ended_too_early("listened on a port", ended, None));
            }
            let addresses = self.program.listeners().map_err(|error| {
                Error::system(ErrorKind::System, format!("cannot see where {} listens: {error}", self.name), &error)
            })?;
            match addresses.first() {
                Some(&first) if addresses == before => return Ok(first),
                _ => before = addresses,
            }
            if !wait.pause() {
                let message = format!(
                    "{} listens on no TCP port after {:?}; was it told to choose one itself?",
                    self.name,
                    wait.elapsed_or_timeout()
                );
                return Err(Error::new(ErrorKind::TimedOut, message + &self.output.in_error()));
            }
        }
    }

    fn stranger(&self, address: SocketAddr, owner: &str) -> Error {
        let message = format!("{address} was taken by {owner}, which is no part of {}", self.name);
        Error::new(ErrorKind::PortInUse, message + &self.output.in_error())
    }

    fn not_ready(&self, address: SocketAddr, elsewhere: &[SocketAddr], wait: &Wait<'_>) -> Error {
        let places: Vec<_> = elsewhere.iter().take(4).map(ToString::to_string).collect();
        let why = match &places[..] {
            [] => "was it given this port?".to_owned(),
            places => format!("it listens on {}: was it given this address?", places.join(", ")),
        };
        let (name, time, output) = (&self.name, wait.elapsed_or_timeout(), self.output.in_error());
        let message = format!("{name} does not listen on {address} after {time:?}; {why}{output}");
        Error::new(ErrorKind::TimedOut, message)
    }

    /// `deed` is what it should have done first.
    pub(super) fn ended_too_early(&self, deed: &str, ended: Ended, address: Option<SocketAddr>) -> Error {
        let succeeded = matches!(ended, Ended::With(status) if status.success());
        let owner = address.and_then(|address| self.who_listens(address, succeeded));
        let owner = owner.map_or_else(String::new, |owner| format!("; {owner} listens there"));
        let advice = if succeeded { "; run it in the foreground, not as a daemon" } else { "" };
        self.output.finish();
        let (name, output) = (&self.name, self.output.in_error());
        let message = format!("{name} ended before it {deed}: {ended}{owner}{advice}{output}");
        Error::new(ErrorKind::ProcessEnded, message)
    }

    fn who_listens(&self, address: SocketAddr, may_come_later: bool) -> Option<String> {
        let cancel = Cancel::default();
        let wait = Wait::new(if may_come_later { DAEMON } else { Duration::ZERO }, &cancel);
        loop {
            match self.program.look(address) {
                Ok(Look::Stranger(owner)) => return Some(holder::name(&owner)),
                Ok(Look::Ready | Look::Descendant) => return Some("a process that it left behind".to_owned()),
                _ if !wait.pause() => return None,
                _ => {}
            }
        }
    }
}

fn cannot_look(address: SocketAddr, error: &std::io::Error) -> Error {
    Error::system(ErrorKind::System, format!("cannot look at {address}: {error}"), error)
}
