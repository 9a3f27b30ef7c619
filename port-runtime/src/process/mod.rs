//! Programs that this process starts: with a socket ([`PassListeners`]).

#[cfg(unix)]
mod environment;
#[cfg(unix)]
mod pass_listeners;

#[cfg(unix)]
pub use self::pass_listeners::PassListeners;
