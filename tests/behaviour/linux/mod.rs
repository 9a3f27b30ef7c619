//! What is promised on Linux alone, or can be watched there alone: in `/proc`, by `strace`, in network namespaces, and in
//! processes that are forked.

mod accept_timeouts;
mod attacks;
mod collisions;
mod exhaustion;
mod holds_and_time_wait;
mod interrupted;
mod kinds;
mod late_listeners;
mod leaks;
mod model;
mod names;
mod old_kernel;
mod outside;
mod privileged;
mod racing;
mod reserved;
mod sandboxes;
mod system_calls;
mod system_refusals;
mod who_has_it;
mod without_ip;
