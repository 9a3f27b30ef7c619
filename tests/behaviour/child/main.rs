//! Sockets that are handed to a child process: `PassListeners` against consumers that others wrote, and against the
//! ways in which handing over goes wrong. `/proc` is the witness of much of it, so this is for Linux.
#![cfg(target_os = "linux")]

mod attacks;
mod closures;
mod command;
mod consumers;
mod descriptors;
mod environment;
mod failures;
mod modes;
mod reuse;
mod storm;
mod support;
mod tokio_command;
