//! What `port-runtime` promises, checked from the outside: one module per subject.
//!
//! Tests that need more than the machine has are ignored and say what is missing, see `build.rs`.

mod support;

#[cfg(target_os = "linux")]
mod accept_timeouts;
mod arrays;
mod async_io_types;
mod bound;
mod client_sockets;
#[cfg(target_os = "linux")]
mod collisions;
mod dual_stack;
mod errors;
#[cfg(target_os = "linux")]
mod exhaustion;
#[cfg(target_os = "linux")]
mod holds_and_time_wait;
mod hosts;
mod kernel_choice;
#[cfg(target_os = "linux")]
mod kinds;
#[cfg(target_os = "linux")]
mod leaks;
mod mio_types;
#[cfg(target_os = "linux")]
mod model;
#[cfg(target_os = "linux")]
mod outside;
#[cfg(windows)]
mod outside_elsewhere;
mod prefer;
#[cfg(target_os = "linux")]
mod privileged;
mod range;
#[cfg(target_os = "linux")]
mod reserved;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod reserved_elsewhere;
mod storm;
#[cfg(target_os = "linux")]
mod system_calls;
#[cfg(target_os = "linux")]
mod system_refusals;
mod talk;
mod timeouts;
mod tokio_types;
mod tuples;
#[cfg(target_os = "linux")]
mod without_ip;
