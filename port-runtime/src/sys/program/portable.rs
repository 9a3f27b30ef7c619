//! Everywhere else: what a connection and the child itself tell.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Look;

/// A refusal comes at once; Windows tries again for two seconds.
const CONNECT: Duration = Duration::from_millis(500);

/// For a process to become another program.
#[cfg(unix)]
const COPIES: Duration = Duration::from_millis(500);

/// Releases the number and starts the program, one at a time. A process that is being started has copies of all sockets
/// until it has become the program: a number that another one releases meanwhile would still be bound.
pub(crate) fn spawn(command: &mut Command, release: impl FnOnce()) -> io::Result<Child> {
    static ALONE: Mutex<()> = Mutex::new(());

    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    release();
    #[cfg(unix)]
    return until_copies_are_gone(|| command.spawn());
    #[cfg(not(unix))]
    command.spawn()
}

/// std returns from a spawn a little before the copies are gone: so one more is made, and it is seen when that is. Not waited
/// for ever: a fork of somebody else may have one, too.
#[cfg(unix)]
fn until_copies_are_gone(spawn: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
    let streams = std::os::unix::net::UnixStream::pair();
    let child = spawn()?;
    if let Ok((mut ours, copied)) = streams {
        drop(copied);
        // What comes is the end of the stream, or nothing.
        let _ = ours.set_read_timeout(Some(COPIES)).and_then(|()| io::Read::read(&mut ours, &mut [0]));
    }
    Ok(child)
}

/// Nobody could find it.
#[derive(Debug, Clone)]
pub(crate) struct Mark;

impl Mark {
    pub(crate) fn put_on(_: &mut Command) -> Self {
        Self
    }

    pub(crate) fn put_on_child(_: &Child) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "it is one on Linux")]
    pub(crate) fn take_off(&self, _: &mut Command) {}
}

/// Only who has the child itself can end it.
#[derive(Debug)]
pub(crate) struct AtExit;

#[expect(clippy::unused_self, reason = "it is needed on Linux")]
impl AtExit {
    pub(crate) fn new(_: &Arc<Program>, _: i32, _: Duration) -> Self {
        Self
    }

    pub(crate) fn change(&self, _: i32, _: Duration) {}
}

#[derive(Debug)]
pub(crate) struct Program;

#[expect(clippy::unused_self, reason = "it is needed on Linux")]
impl Program {
    pub(crate) fn new(_: &Child, _: Mark) -> Self {
        Self
    }

    pub(crate) fn gone() -> Self {
        Self
    }

    /// Only the child itself can be asked.
    #[cfg(feature = "tokio")]
    pub(crate) fn has_ended(&self) -> bool {
        false
    }

    pub(crate) fn listeners(&self) -> io::Result<Vec<SocketAddr>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Whoever takes a connection counts.
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Linux")]
    pub(crate) fn look(&self, mut address: SocketAddr) -> io::Result<Look> {
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        let connected = TcpStream::connect_timeout(&address, CONNECT).is_ok_and(|connection| {
            // While nobody listens, the system may take just this number for our own end, and connect it to itself.
            connection.local_addr().is_ok_and(|own| own != address)
        });
        Ok(if connected { Look::Ready } else { Look::Nobody })
    }

    pub(crate) fn end(&self, child: &mut Child, signal: i32, grace: Duration, hurry: &dyn Fn() -> bool) {
        super::ask(child, signal, grace, hurry);
        self.kill(child);
    }

    pub(crate) fn kill(&self, child: &mut Child) {
        // An error means that it has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }
}
