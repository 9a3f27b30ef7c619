//! In a runtime: nothing blocks, and a future that is dropped leaves nothing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use port_runtime::{ErrorKind, ServerProcess};
use test_support::{PLENTY, eventually};
use tokio::runtime::{Builder, Runtime};

use crate::support::{Odd, assert_says_hello, reserve};

const SHORT: Duration = Duration::from_millis(50);

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn all_kinds() -> [Runtime; 4] {
    [
        one_thread(),
        Builder::new_current_thread().enable_all().start_paused(true).build().unwrap(),
        Builder::new_current_thread().build().unwrap(),
        Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap(),
    ]
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
fn it_comes_up_and_goes_in_every_runtime() {
    for runtime in all_kinds() {
        runtime.block_on(async {
            let (port, odd) = (reserve(), Odd::new());
            let mut command = odd.command(&port, "sleep=50 listen={} serve");
            let mut server = port.start_async(&mut command, PLENTY).await.unwrap();
            assert_says_hello(server.addr());
            let status = server.stop_async().await.unwrap();
            assert!(!status.success());
            odd.assert_gone();
            let server = ServerProcess::start_async(&mut odd.steps("listen=127.0.0.1:0 serve"), PLENTY).await.unwrap();
            assert_says_hello(server.addr());
            drop(server);
            odd.assert_gone();
            let error = port.start_async(&mut odd.command(&port, "exit=3"), PLENTY).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ProcessEnded);
        });
    }
}

#[test]
fn other_tasks_go_on_meanwhile() {
    one_thread().block_on(async {
        let (port, odd) = (reserve(), Odd::new());
        let ticks = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&ticks);
        let ticking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut command = odd.command(&port, "sleep=300 stubborn listen={} serve");
        let server = port.start_async(&mut command, PLENTY).await.unwrap();
        let until_ready = ticks.load(Ordering::Relaxed);
        assert!(until_ready > 5, "the start blocks the runtime: {until_ready}");
        server.grace(Duration::from_millis(300)).stop_async().await.unwrap();
        assert!(ticks.load(Ordering::Relaxed) > until_ready + 5, "the stop blocks the runtime");
        ticking.abort();
    });
}

#[test]
fn a_future_that_is_dropped_ends_the_program() {
    for runtime in all_kinds() {
        runtime.block_on(async {
            let (port, odd) = (reserve(), Odd::new());
            let mut command = odd.command(&port, "child stubborn sleep=60000");
            {
                let mut start = pin!(port.start_async(&mut command, PLENTY));
                assert!(start.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                eventually("the start", || odd.processes().len() == 2);
            }
            odd.assert_gone();
        });
    }
}

#[test]
fn a_stop_that_is_dropped_kills() {
    one_thread().block_on(async {
        let (port, odd) = (reserve(), Odd::new());
        let mut command = odd.command(&port, "stubborn listen={} serve");
        let mut server = port.start_async(&mut command, PLENTY).await.unwrap().grace(PLENTY);
        let stop = tokio::time::timeout(SHORT, server.stop_async()).await;
        assert!(stop.is_err(), "{stop:?}");
        odd.assert_gone();
        assert!(server.stop().is_err(), "its status is lost");
    });
}

#[test]
fn a_drop_in_a_runtime() {
    for runtime in all_kinds() {
        let (port, odd) = (reserve(), Odd::new());
        runtime.block_on(async {
            drop(port.start_async(&mut odd.command(&port, "listen={} serve"), PLENTY).await.unwrap());
            odd.assert_gone();
        });
    }
}

/// The one thread of the pool is the server's: it was the whole pool's that never let the time be up.
#[test]
fn a_full_pool_of_threads_does_not_matter() {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    runtime.block_on(async {
        tokio::task::spawn_blocking(move || {
            let started = Instant::now();
            while !stopped.load(Ordering::Relaxed) && started.elapsed() < PLENTY {
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let (port, odd) = (reserve(), Odd::new());
        let error = port.wait_until_listening_async(SHORT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let server = port.start_async(&mut odd.command(&port, "listen={} serve"), PLENTY).await.unwrap();
        port.wait_until_listening_async(SHORT).await.unwrap();
        server.wait_until_async(PLENTY, |server| std::future::ready(server.port() > 0)).await.unwrap();
        stop.store(true, Ordering::Relaxed);
    });
}

/// The pool has one thread, and the server that is waited for needs it, later.
#[test]
fn the_pool_is_left_to_the_user() {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let port = reserve();
        let address = port.addr();
        let wait = tokio::spawn(async move { port.wait_until_listening_async(PLENTY).await });
        tokio::time::sleep(SHORT).await;
        let server = tokio::task::spawn_blocking(move || std::net::TcpListener::bind(address).unwrap());
        let _listener = server.await.unwrap();
        wait.await.unwrap().unwrap();
    });
}

#[test]
fn a_closure_says_when_it_is_ready() {
    for runtime in all_kinds() {
        runtime.block_on(async {
            let (port, odd) = (reserve(), Odd::new());
            let mut command = odd.command(&port, "listen={} sleep=2000 exit=4");
            let server = port.start_async(&mut command, PLENTY).await.unwrap();
            let mut calls = 0;
            let until_five = server.wait_until_async(PLENTY, |_| {
                calls += 1;
                std::future::ready(calls == 5)
            });
            until_five.await.unwrap();
            let error = server.wait_until_async(SHORT, |_| async { false }).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            let error = server.wait_until_async(SHORT, |_| std::future::pending()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            let error = server.wait_until_async(10 * PLENTY, |_| async { false }).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ProcessEnded);
            assert!(error.to_string().contains(" ended before it was ready: exit status: 4"), "{error}");
        });
    }
}

#[test]
fn it_can_be_spawned() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let odd = Arc::new(Odd::new());
        let starts: Vec<_> = (0..10)
            .map(|_| {
                let odd = Arc::clone(&odd);
                tokio::spawn(async move {
                    let port = reserve();
                    let mut command = odd.command(&port, "listen={} serve");
                    let mut server = port.start_async(&mut command, PLENTY).await.unwrap();
                    server
                        .wait_until_async(PLENTY, |server| std::future::ready(server.port() == port.port()))
                        .await
                        .unwrap();
                    server.stop_async().await.unwrap();
                })
            })
            .collect();
        for start in starts {
            start.await.unwrap();
        }
        odd.assert_gone();
    });
}
