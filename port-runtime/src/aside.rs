//! Work that blocks, for `async` functions: on a thread of its own, because the pool of the runtime may be full, with the
//! very server that is waited for.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::task;

use crate::wait::Cancel;

/// How long a task is in the runtime's pool. It must not keep a thread from the user's own tasks, of which there may be
/// one only.
const SLICE: Duration = Duration::from_millis(20);

/// What a thread is doing. Dropped, it is called off, and waited for: it has to notice at once.
struct Aside<T> {
    shared: Arc<Shared<T>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared<T> {
    cancel: Cancel,
    outcome: Mutex<Outcome<T>>,
}

struct Outcome<T> {
    result: Option<thread::Result<T>>,
    waker: Option<Waker>,
}

/// Does this on a thread of its own. The thread ends when the future is dropped, since the work asks for that.
///
/// A paused clock of tokio stands still meanwhile: other programs take the time that they take, and the user's own
/// timeouts would be over before.
///
/// # Panics
///
/// Outside a tokio runtime, and where the work does.
pub(crate) async fn run<T, F>(work: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Cancel) -> T + Send + 'static,
{
    let mut still = StandStill::new();
    let mut aside = Aside::start(work)?;
    poll_fn(|context| {
        still.go_on(context);
        aside.poll(context)
    })
    .await
    .map_or_else(|panic| std::panic::resume_unwind(panic), Ok)
}

impl<T: Send + 'static> Aside<T> {
    fn start(work: impl FnOnce(&Cancel) -> T + Send + 'static) -> io::Result<Self> {
        let outcome = Mutex::new(Outcome { result: None, waker: None });
        let shared = Arc::new(Shared { cancel: Cancel::default(), outcome });
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new().name("port-runtime".to_owned()).spawn(move || {
            let Shared { cancel, outcome } = &*of_thread;
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(cancel)));
            let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
            outcome.result = Some(result);
            let waker = outcome.waker.take();
            drop(outcome);
            if let Some(waker) = waker {
                waker.wake();
            }
        })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    fn poll(&mut self, context: &Context<'_>) -> Poll<thread::Result<T>> {
        let mut outcome = self.shared.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = outcome.result.take() {
            return Poll::Ready(result);
        }
        outcome.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Aside<T> {
    fn drop(&mut self) {
        self.shared.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            // Its panic has been taken over already.
            let _ = thread.join();
        }
    }
}

/// A task of the runtime's pool in flight, also if it is only queued, keeps tokio's paused clock from jumping ahead. A
/// plain thread does not.
struct StandStill(Option<task::JoinHandle<()>>);

impl StandStill {
    fn new() -> Self {
        Self(Some(Self::slice()))
    }

    fn slice() -> task::JoinHandle<()> {
        task::spawn_blocking(|| thread::sleep(SLICE))
    }

    fn go_on(&mut self, context: &mut Context<'_>) {
        while let Some(slice) = &mut self.0 {
            match pin!(slice).poll(context) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) => self.0 = Some(Self::slice()),
                // The runtime is being shut down.
                Poll::Ready(Err(_)) => self.0 = None,
            }
        }
    }
}

impl Drop for StandStill {
    fn drop(&mut self) {
        if let Some(slice) = self.0.take() {
            slice.abort();
        }
    }
}

/// The first of two.
pub(crate) async fn first<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        let polled = Pin::as_mut(&mut one).poll(context);
        if polled.is_ready() { polled } else { Pin::as_mut(&mut other).poll(context) }
    })
    .await
}
