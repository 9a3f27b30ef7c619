//! What `port-runtime` promises, checked from the outside: one module per subject.
//!
//! Tests that need more than the machine has are ignored and say what is missing, see `build.rs`.

mod support;

mod arguments;
mod arrays;
mod async_io_types;
mod bound;
mod client_sockets;
mod dual_stack;
mod errors;
mod excepted;
mod hosts;
mod kept_requests;
mod kernel_choice;
#[cfg(target_os = "linux")]
mod linux;
mod mio_types;
#[cfg(windows)]
mod outside_elsewhere;
mod prefer;
mod range;
mod range_order;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod reserved_elsewhere;
mod storm;
mod talk;
mod timeouts;
mod tokio_types;
mod tuples;
