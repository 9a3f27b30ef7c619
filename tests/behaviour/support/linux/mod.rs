//! Processes of our own making, and ways to watch them.

pub(crate) mod asker;
pub(crate) mod child;
pub(crate) mod events;
pub(crate) mod given;
pub(crate) mod namespace;
pub(crate) mod other_process;
pub(crate) mod trace;

pub(crate) use self::child::Child;
