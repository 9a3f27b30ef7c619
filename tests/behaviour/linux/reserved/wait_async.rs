//! `wait_until_listening_async`: the same, without a thread that stands still.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use port_runtime::ErrorKind;
use test_support::PLENTY;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

use super::{bind, reserve};
use crate::support::assert_error;
use crate::support::child::open_descriptors;

const SHORT: Duration = Duration::from_millis(30);

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn paused() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

fn all_kinds() -> [Runtime; 3] {
    [one_thread(), paused(), Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()]
}

#[test]
fn nobody_listens() {
    for runtime in all_kinds() {
        runtime.block_on(async {
            let reserved = reserve();
            let message = format!(
                "nobody listens on {} after 30ms; is the server running, and was it given this port?",
                reserved.addr()
            );
            assert_error(reserved.wait_until_listening_async(SHORT).await, ErrorKind::TimedOut, &message);
            let _bound = bind(reserved.addr(), true).unwrap();
            assert_error(reserved.wait_until_listening_async(SHORT).await, ErrorKind::TimedOut, &message);
        });
    }
}

#[test]
fn somebody_listens_already() {
    for runtime in all_kinds() {
        runtime.block_on(async {
            let reserved = reserve();
            let _listener = tokio::net::TcpListener::bind(reserved.addr()).await.expect("tokio sets SO_REUSEADDR");
            for timeout in [Duration::ZERO, SHORT, Duration::MAX] {
                reserved.wait_until_listening_async(timeout).await.unwrap();
            }
        });
    }
}

#[test]
fn a_thread_listens_later() {
    for runtime in all_kinds() {
        let reserved = reserve();
        thread::scope(|scope| {
            let server = scope.spawn(|| {
                thread::sleep(SHORT);
                reserved.listen().unwrap()
            });
            runtime.block_on(reserved.wait_until_listening_async(PLENTY)).unwrap();
            drop(server.join().unwrap());
        });
    }
}

/// On one thread the server can come up only while the wait sleeps.
#[test]
fn a_task_of_the_same_runtime_listens_later() {
    for runtime in all_kinds() {
        runtime.block_on(async {
            let reserved = reserve();
            let address = reserved.addr();
            let server = tokio::spawn(async move {
                yield_now().await;
                tokio::net::TcpListener::bind(address).await
            });
            reserved.wait_until_listening_async(PLENTY).await.unwrap();
            server.await.unwrap().unwrap();
        });
    }
}

/// Tokio's paused clock stands still while a blocking task runs: a wait by that clock would never end.
#[test]
fn a_blocking_task_listens_later_and_goes_on() {
    for runtime in all_kinds() {
        let reserved = reserve();
        let address = reserved.addr();
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        runtime.block_on(async {
            let server = tokio::task::spawn_blocking(move || {
                thread::sleep(SHORT);
                let listener = std::net::TcpListener::bind(address).unwrap();
                let _ = stopped.recv_timeout(PLENTY);
                drop(listener);
            });
            reserved.wait_until_listening_async(PLENTY).await.expect("the server listens");
            drop(stop);
            server.await.unwrap();
        });
    }
}

/// And it does not run on, so that the user's own timeouts would fire.
#[test]
fn a_paused_clock_is_left_alone() {
    paused().block_on(async {
        let reserved = reserve();
        let before = tokio::time::Instant::now();
        reserved.wait_until_listening_async(SHORT).await.unwrap_err();
        assert_eq!(before.elapsed(), Duration::ZERO);
        let inner = reserved.wait_until_listening_async(SHORT);
        let error = tokio::time::timeout(PLENTY, inner).await.expect("no virtual minute has gone by").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    });
}

#[test]
fn other_tasks_go_on() {
    static TICKS: AtomicBool = AtomicBool::new(false);

    one_thread().block_on(async {
        let reserved = reserve();
        let ticking = tokio::spawn(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            TICKS.store(true, Ordering::Relaxed);
        });
        let started = Instant::now();
        // One may be over before it has begun, on a machine that is slow enough.
        while !TICKS.load(Ordering::Relaxed) {
            reserved.wait_until_listening_async(SHORT).await.unwrap_err();
            assert!(started.elapsed() < PLENTY, "the wait keeps the thread for itself");
        }
        ticking.await.unwrap();
    });
}

#[test]
fn a_dropped_wait_leaves_nothing() {
    crate::support::Child::new().run(|| {
        one_thread().block_on(async {
            let reserved = reserve();
            // Once, for what tokio opens for good.
            let _ = tokio::time::timeout(SHORT, reserved.wait_until_listening_async(PLENTY)).await.unwrap_err();
            let before = open_descriptors();
            for _ in 0..10 {
                let wait = reserved.wait_until_listening_async(Duration::MAX);
                tokio::time::timeout(Duration::from_millis(3), wait).await.unwrap_err();
                let wait = pin!(reserved.wait_until_listening_async(Duration::MAX));
                let polled = wait.poll(&mut Context::from_waker(Waker::noop()));
                assert!(polled.is_pending());
            }
            assert_eq!(open_descriptors(), before);
            reserved.listen().unwrap();
        });
        // And the runtime could be dropped.
    });
}

#[test]
fn it_can_be_spawned() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let reserved = std::sync::Arc::new(reserve());
        let waits: Vec<_> = (0..10)
            .map(|_| {
                let reserved = std::sync::Arc::clone(&reserved);
                tokio::spawn(async move { reserved.wait_until_listening_async(PLENTY).await })
            })
            .collect();
        let _listener = reserved.listen().unwrap();
        for wait in waits {
            wait.await.unwrap().unwrap();
        }
    });
}

#[test]
fn a_runtime_without_a_timer_will_do() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let error = runtime.block_on(reserve().wait_until_listening_async(SHORT)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}
