//! Waiting for what another process or thread does, and not forever.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
pub const PLENTY: Duration = Duration::from_secs(60);

/// Waits until something holds.
///
/// # Panics
///
/// Where it does not come to hold in [`PLENTY`] of time.
#[track_caller]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PLENTY, "{what} never came true");
        thread::sleep(Duration::from_millis(2));
    }
}
