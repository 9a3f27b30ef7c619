//! Many threads that start programs at once.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::fd::RawFd;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use port_runtime::PassListeners;
use test_support::Random;

use crate::closures::{close_each, close_from, passes_or_fails, puts_a_file_at, server, with};
use crate::support::{alone, consumer, listed, own_children, own_descriptors, plainly, tcp};

const THREADS: usize = 8;
const SPAWNS: usize = 50;

/// Numbers that are free at one moment are not at the next, in every thread. Std's report of a failed exec, on whatever
/// number it happens to lie, was lost in a quarter of such spawns while the sockets overwrote it.
#[test]
fn threads_that_open_and_close_descriptors_disturb_nothing() {
    alone("storm::threads_that_open_and_close_descriptors_disturb_nothing", plainly, || {
        let before = own_descriptors();
        let over = AtomicBool::new(false);
        let (started, missing) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        let pair = (std::fs::File::open("/dev/null"), TcpListener::bind("127.0.0.1:0"));
                        thread::yield_now();
                        drop(pair);
                    }
                });
            }
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let child = Command::new("true").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
                    assert!(child.expect("it can be started").wait().expect("a child").success());
                }
            });
            let threads: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        for round in 0..SPAWNS {
                            let counter = if round % 3 == 2 { &missing } else { &started };
                            spawn(round % 5 + 1, round % 3 == 2);
                            counter.fetch_add(1, Ordering::Relaxed);
                        }
                    })
                })
                .collect();
            let results: Vec<_> = threads.into_iter().map(thread::ScopedJoinHandle::join).collect();
            over.store(true, Ordering::Relaxed);
            assert!(results.iter().all(Result::is_ok));
        });
        assert_eq!((started.into_inner(), missing.into_inner()), (272, 128));
        assert_eq!(own_descriptors(), before);
        assert_eq!(own_children(), [""; 0]);
    });
}

fn spawn(count: usize, is_missing: bool) {
    let listeners: Vec<_> = (0..count).map(|_| tcp()).collect();
    let expected = listeners.iter().map(|listener| format!("x tcp {}", listener.local_addr().expect("bound")));
    let expected: Vec<_> = expected.collect();
    let mut passed = listeners.into_iter().fold(PassListeners::new(), |passed, listener| passed.with("x", listener));
    if is_missing {
        let spawned = passed.spawn(Command::new("no-such-program").stdout(Stdio::piped()));
        assert_eq!(spawned.expect_err("it is missing").kind(), ErrorKind::NotFound);
    } else {
        let mut child = passed.spawn(&mut consumer(["sd-listen-fds", "list"])).expect("it can be started");
        assert_eq!(listed(&mut child), expected);
        assert!(child.wait().expect("a child").success());
    }
}

/// None of them lets a program inherit the streams of the others' spawns, which would wait for its end: with std, too.
#[cfg_attr(emulated, ignore = "close_range(2) closes what the emulator needs")]
#[test]
fn threads_with_closures_that_take_over_descriptors_get_listeners_or_errors() {
    alone("storm::threads_with_closures_that_take_over_descriptors_get_listeners_or_errors", plainly, || {
        let before = own_descriptors();
        let (started, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for seed in 0..THREADS {
                let (started, refused) = (&started, &refused);
                scope.spawn(move || {
                    let mut random = Random::new(seed.try_into().expect("small"));
                    for _ in 0..SPAWNS {
                        let counter = match passes_or_fails(attacked(&mut random)) {
                            Ok(()) => started,
                            Err(_) => refused,
                        };
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let counts = [started.into_inner(), refused.into_inner()];
        println!("{counts:?} started and refused");
        assert_eq!(counts.iter().sum::<usize>(), THREADS * SPAWNS);
        assert!(counts.iter().all(|count| *count > SPAWNS / 2), "{counts:?}");
        assert_eq!(own_descriptors(), before);
        assert_eq!(own_children(), [""; 0]);
    });
}

/// A server, with up to three closures.
fn attacked(random: &mut Random) -> Command {
    let mut command = server();
    for _ in 0..=random.below(3) {
        let near = |random: &mut Random| RawFd::try_from(random.pick(&[3, 1024]) + random.below(30)).expect("small");
        let (first, last) = (near(random), near(random));
        command = match random.below(6) {
            0 | 1 => with(command, close_each(first..last)),
            2 if random.below(8) == 0 => with(command, close_from(first.unsigned_abs())),
            _ => with(command, puts_a_file_at(first)),
        };
    }
    command
}
