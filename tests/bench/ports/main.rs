//! What a port costs: `cargo bench -p bench --bench ports`, all in one run; with a word behind `--`, the tables whose
//! titles contain it.

mod held;
mod in_use;
mod measure;
mod one;
mod program;
mod range;
mod server;
mod threads;

use std::env;

use crate::measure::{Case, Effort, medians};

fn main() {
    server::serve_if_told();
    // Without `--bench` it is cargo's test of whether it runs at all.
    let quick = !env::args().any(|word| word == "--bench");
    let wanted = env::args().skip(1).find(|word| !word.starts_with("--")).unwrap_or_default();
    let effort = |rounds| Effort { rounds: if quick { 1 } else { rounds }, quick };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    if quick {
        println!("This only shows that it runs; `cargo bench` measures.");
    }
    println!("Interleaved medians, a port taken and let go of, {cores} cores, {}.", env::consts::OS);
    for (title, run) in [
        ("one port", one::run as fn(&str, Effort)),
        ("a range of 1,000", range::run),
        ("threads", threads::run),
        ("ports held already", held::run),
        ("the error for a port in use", in_use::run),
        ("a server program, started and ended", program::run),
    ] {
        if title.contains(&wanted) {
            run(title, effort(501));
        }
    }
}

/// A table with the ratios to its first line.
fn table(title: &str, mut cases: Vec<Case<'_>>, effort: Effort) {
    println!("\n| {title} | µs | ratio |\n| --- | ---: | ---: |");
    let medians = medians(&mut cases, effort);
    for (case, median) in cases.iter().zip(&medians) {
        println!("| {} | {:.2} | {:.2} |", case.name, median / 1e3, median / medians[0]);
    }
}
