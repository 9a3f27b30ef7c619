//! Programs that this process starts: with a socket ([`PassListeners`]), or with a number ([`ServerProcess`]).

#[cfg(unix)]
mod environment;
#[cfg(unix)]
mod pass_listeners;
#[cfg(unix)]
mod passable;
mod server;

#[cfg(unix)]
pub use self::pass_listeners::PassListeners;
#[cfg(unix)]
pub use self::passable::Passable;
pub use self::server::ServerProcess;
