//! Waiting for what no file descriptor tells: looks at growing distances, that can be called off.
//!
//! By the system's clock. Tokio's may be paused, and other programs are not.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The pause after so much time. Whoever waits for a program that takes a second is late by 2 ms at most; for one that takes
/// longer, by a five-hundredth. Looks cost next to nothing then.
fn pause_after(elapsed: Duration) -> Duration {
    let soon = (elapsed / 50).clamp(Duration::from_micros(250), Duration::from_millis(2));
    soon.max(elapsed / 500).min(Duration::from_millis(10))
}

/// A wait that has begun.
pub(crate) struct Wait<'a> {
    started: Instant,
    pub(crate) timeout: Duration,
    cancel: &'a Cancel,
}

impl<'a> Wait<'a> {
    pub(crate) fn new(timeout: Duration, cancel: &'a Cancel) -> Self {
        Self { started: Instant::now(), timeout, cancel }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// For a message: the timeout, unless it was given up before.
    pub(crate) fn elapsed_or_timeout(&self) -> Duration {
        let elapsed = self.elapsed();
        if elapsed >= self.timeout {
            self.timeout
        } else {
            Duration::from_millis(elapsed.as_millis().try_into().unwrap_or(u64::MAX))
        }
    }

    /// Sleeps until the next look. False when it is over: time is up, or nobody waits any more.
    pub(crate) fn pause(&self) -> bool {
        let elapsed = self.elapsed();
        let left = self.timeout.saturating_sub(elapsed);
        !left.is_zero() && !self.cancel.sleep(pause_after(elapsed).min(left))
    }
}

/// Tells a wait on another thread that it is for nobody.
#[derive(Debug, Default)]
pub(crate) struct Cancel {
    cancelled: Mutex<bool>,
    changed: Condvar,
}

impl Cancel {
    #[cfg(feature = "tokio")]
    pub(crate) fn cancel(&self) {
        *self.cancelled.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.sleep(Duration::ZERO)
    }

    /// Sleeps, and says whether it was called off.
    fn sleep(&self, pause: Duration) -> bool {
        let cancelled = self.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        let slept = self.changed.wait_timeout_while(cancelled, pause, |cancelled| !*cancelled);
        *slept.unwrap_or_else(PoisonError::into_inner).0
    }
}
