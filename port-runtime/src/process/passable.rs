//! [`Passable`], which is there for the sake of what rustc says where something is none.

use std::os::fd::OwnedFd;

/// What [`PassListeners::with`](crate::PassListeners::with) takes: whatever owns a descriptor. Every type that is
/// `Into<OwnedFd>` is one, and no other can be.
///
/// ```
/// use port_runtime::{Passable, PassListeners, PortRequest};
/// use std::net::TcpListener;
///
/// fn pass(socket: impl Passable) -> PassListeners {
///     PassListeners::new().with("http", socket)
/// }
///
/// let listener: TcpListener = PortRequest::new().bind()?;
/// let _listeners = pass(listener);
/// # Ok::<(), port_runtime::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed to a program",
    label = "not a socket that can be given away",
    note = "a listener or a `UdpSocket` of std can; of tokio's sockets `.into_std()?` makes one, of a reference `.try_clone()?`",
    note = "a `ReservedPort` is for a program that takes a number, `port.start(&mut command, timeout)`; `port.listen()?` makes a listener of it"
)]
pub trait Passable: Into<OwnedFd> {}

#[diagnostic::do_not_recommend]
impl<T: Into<OwnedFd>> Passable for T {}

/// Nothing is one.
#[cfg(not(feature = "tokio-process"))]
#[diagnostic::on_unimplemented(
    message = "`spawn_tokio` needs the feature `tokio-process`",
    label = "the feature is not there",
    note = "`cargo add port-runtime --features tokio-process`"
)]
pub trait TokioCommand {
    /// What is spawned.
    type Child;
}
