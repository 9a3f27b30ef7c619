//! What an expansion costs, and that a long body adds next to nothing. Counted in allocations, which are the same on every
//! machine; `cargo test -p port-macros --release cost -- --nocapture` shows the time.
#![allow(unsafe_code, reason = "an allocator of its own")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Instant;

use proc_macro2::TokenStream;

use super::tokens;
use crate::rewrite;

struct Counting;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: all requests go to `System` as they are.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.set(BYTES.get() + layout.size());
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// As rustc would hand it over: the tokens exist, and are dropped elsewhere.
fn function(lines: usize) -> TokenStream {
    let body = "let sum = [1, 2, 3].iter().map(|n| n + 1).sum::<u32>();\n".repeat(lines);
    tokens(&format!(
        "#[test] fn serves(listener: TcpListener, mut other: UdpSocket) -> io::Result<()> {{ {body} Ok(()) }}"
    ))
}

/// Bytes, and the median time in microseconds.
fn cost(item: &TokenStream) -> (usize, f64) {
    let arguments = tokens("range = 8000..9000, timeout = \"5s\"");
    let before = BYTES.get();
    let output = rewrite(&arguments, item.clone());
    let bytes = BYTES.get() - before;
    drop(output);
    let mut times: Vec<f64> = (0..51)
        .map(|_| {
            let item = item.clone();
            let start = Instant::now();
            let output = rewrite(&arguments, item);
            let time = start.elapsed().as_secs_f64() * 1e6;
            drop(output);
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (bytes, times[times.len() / 2])
}

#[test]
fn a_long_body_costs_little() {
    let (short, long) = (function(10), function(10_000));
    let (short_bytes, short_time) = cost(&short);
    let (long_bytes, long_time) = cost(&long);
    println!("10 lines: {short_bytes} bytes, {short_time:.1} µs; 10,000 lines: {long_bytes} bytes, {long_time:.1} µs");
    assert!(short_bytes > 1_000, "allocations are counted: {short_bytes}");
    assert!(long_bytes <= 2 * short_bytes, "{short_bytes} bytes for 10 lines, {long_bytes} for 10,000");
}
