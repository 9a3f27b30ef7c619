//! Programs that are left when this process exits: those in statics, which nobody drops, and all of them after
//! `process::exit`.
#![allow(unsafe_code, reason = "system calls")]

use std::process;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use super::Program;

static REGISTRY: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

struct Entry {
    program: Arc<Program>,
    /// Who started it. A fork has a copy of the registry, and of the handler.
    process: u32,
    signal: i32,
    grace: Duration,
}

/// As long as this lives, the program is ended when the process exits.
#[derive(Debug)]
pub(crate) struct AtExit(Arc<Program>);

impl AtExit {
    pub(crate) fn new(program: &Arc<Program>, signal: i32, grace: Duration) -> Self {
        static HANDLER: Once = Once::new();

        HANDLER.call_once(|| {
            // SAFETY: the function is there for as long as the process. Where the C library has no room for it (it has
            // for 32 at least), it is not called.
            unsafe { libc::atexit(end_all) };
        });
        registry().push(Entry { program: Arc::clone(program), process: process::id(), signal, grace });
        Self(Arc::clone(program))
    }

    pub(crate) fn change(&self, signal: i32, grace: Duration) {
        for entry in registry().iter_mut().filter(|entry| Arc::ptr_eq(&entry.program, &self.0)) {
            (entry.signal, entry.grace) = (signal, grace);
        }
    }
}

impl Drop for AtExit {
    fn drop(&mut self) {
        registry().retain(|entry| !Arc::ptr_eq(&entry.program, &self.0));
    }
}

/// No code of anybody else runs while it is locked, so a thread that exits does not have it.
fn registry() -> MutexGuard<'static, Vec<Entry>> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

extern "C" fn end_all() {
    // In a fork, the thread that had it locked may not exist.
    let Ok(mut registry) = REGISTRY.try_lock().or_else(|_| {
        std::thread::sleep(Duration::from_millis(1));
        REGISTRY.try_lock()
    }) else {
        return;
    };
    let entries = std::mem::take(&mut *registry);
    drop(registry);
    let mut programs = Vec::new();
    for entry in &entries {
        if entry.process == process::id() {
            programs.push((&*entry.program, entry.signal, entry.grace));
        }
    }
    // Nobody is left to hear of a panic, and it must not go through the C library.
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Program::end_all(&programs, &|| false)));
}
