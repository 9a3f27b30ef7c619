//! Attacks on the promise that nobody's port is taken from them, no hold is lost and no socket is harmed, by whatever else
//! a system has.

mod delays;
mod descriptors;
mod namespaces;
mod options;
mod sysctls;
mod under_hold;
