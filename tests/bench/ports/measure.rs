use std::time::{Duration, Instant};

/// How long one batch of a case should take: long against the clock, short against what else the machine does.
const BATCH: Duration = Duration::from_micros(300);

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    /// Only try whether everything works, as `cargo test --benches` does.
    pub(crate) quick: bool,
}

/// Something that takes a port and lets it go again, as often as it is told to; says how long that took.
pub(crate) struct Case<'a> {
    pub(crate) name: String,
    run: Box<dyn FnMut(u32) -> Duration + 'a>,
}

impl<'a> Case<'a> {
    pub(crate) fn new<T>(name: impl Into<String>, mut take: impl FnMut() -> T + 'a) -> Self {
        Self::timed(name, move |times| {
            let begin = Instant::now();
            for _ in 0..times {
                drop(std::hint::black_box(take()));
            }
            begin.elapsed()
        })
    }

    /// With a clock of its own.
    pub(crate) fn timed(name: impl Into<String>, run: impl FnMut(u32) -> Duration + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// Every case in every round, so that all of them see the same machine; each round begins with another one. The result is
/// the median of each, in nanoseconds.
pub(crate) fn medians(cases: &mut [Case<'_>], Effort { rounds, quick }: Effort) -> Vec<f64> {
    let batches: Vec<u32> = cases.iter_mut().map(|case| if quick { 1 } else { batch(case) }).collect();
    let mut times = vec![Vec::with_capacity(rounds); cases.len()];
    for round in 0..rounds {
        for turn in 0..cases.len() {
            let index = (round + turn) % cases.len();
            let time = (cases[index].run)(batches[index]);
            times[index].push(time.as_secs_f64() * 1e9 / f64::from(batches[index]));
        }
    }
    times.iter_mut().map(|times| median(times)).collect()
}

fn batch(case: &mut Case<'_>) -> u32 {
    (case.run)(2);
    let one = ((case.run)(5) / 5).max(Duration::from_nanos(1));
    u32::try_from(BATCH.as_nanos() / one.as_nanos()).unwrap_or(u32::MAX).clamp(1, 1_000)
}

pub(crate) fn median(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
