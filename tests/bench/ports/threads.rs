use std::net::{Ipv4Addr, TcpListener};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use bench::ours;

use crate::measure::{Case, Effort};
use crate::table;

pub(crate) fn run(title: &str, effort: Effort) {
    for count in [1, 2, 4, 8] {
        let cases = vec![
            Case::timed("`std::net::TcpListener::bind`", move |times| {
                together(count, times, || drop(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()))
            }),
            Case::timed("this crate, by attribute", move |times| {
                together(count, times, || drop(ours::listener().unwrap()))
            }),
        ];
        table(&format!("{title}: {count}, a port each"), cases, effort);
    }
}

/// How long the threads take for `times` ports each, from the moment when all have been started to the end of the last;
/// divided by their number, so that it is the time per port.
fn together(count: u32, times: u32, take: fn()) -> Duration {
    let ready = Barrier::new(count as usize);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let work = || {
            ready.wait();
            let begin = Instant::now();
            for _ in 0..times {
                take();
            }
            (begin, Instant::now())
        };
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let begin = spans.iter().map(|span| span.0).min().unwrap();
    let end = spans.iter().map(|span| span.1).max().unwrap();
    (end - begin) / count
}
