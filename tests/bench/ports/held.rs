use std::net::{Ipv4Addr, TcpListener};
use std::time::Instant;

use bench::ours;

use crate::measure::{Effort, median};

/// Few, since std needs most of the time to get at the ports that it holds.
const ROUNDS: usize = 3;
/// How many ports are measured in each while the others are held.
const SAMPLES: usize = 200;

/// Turn by turn, std takes and holds so many ports and one more, and then this crate.
pub(crate) fn run(title: &str, Effort { quick, .. }: Effort) {
    println!("\n| {title} | std, held by std, µs | ours, held by ours, µs | ratio |\n| ---: | ---: | ---: | ---: |");
    for held in [1, 100, 1_000, 10_000] {
        if quick && held > 100 {
            return;
        }
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (times, take) in times.iter_mut().zip([std_listener as fn() -> TcpListener, our_listener]) {
                let Some(_held) = hold(held, take) else {
                    println!("| {held} | the limit of open files is below that | | |");
                    return;
                };
                for _ in 0..SAMPLES {
                    let begin = Instant::now();
                    drop(take());
                    times.push(begin.elapsed().as_secs_f64() * 1e6);
                }
            }
        }
        let [std, ours] = times.each_mut().map(|times| median(times));
        println!("| {held} | {std:.2} | {ours:.2} | {:.3} |", ours / std);
    }
}

fn std_listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

fn our_listener() -> TcpListener {
    ours::listener().unwrap()
}

/// `None` where so many descriptors are not allowed.
fn hold(count: usize, take: fn() -> TcpListener) -> Option<Vec<TcpListener>> {
    let first = take();
    let copies: Option<Vec<TcpListener>> = (0..count + 20).map(|_| first.try_clone().ok()).collect();
    drop(copies?);
    Some((0..count).map(|_| take()).collect())
}
