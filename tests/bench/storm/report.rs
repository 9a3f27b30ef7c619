use std::time::Duration;

use crate::args::Args;
use crate::way::Way;

/// What became of the ports that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) obtained: u64,
    pub(crate) lost: u64,
    /// How long a port took.
    pub(crate) median: Duration,
    pub(crate) first_loss: Option<String>,
}

impl Tally {
    pub(crate) fn lose(&mut self, loss: String) {
        self.lost += 1;
        self.first_loss.get_or_insert(loss);
    }

    /// As a child tells it to its parent.
    pub(crate) fn to_line(&self) -> String {
        let Self { obtained, lost, median, first_loss } = self;
        format!("{obtained} {lost} {} {}", median.as_nanos(), first_loss.as_deref().unwrap_or_default())
    }

    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let mut words = line.trim_end().splitn(4, ' ');
        let mut number = || words.next()?.parse().ok();
        let (obtained, lost, median) = (number()?, number()?, Duration::from_nanos(number()?));
        let first_loss = words.next().filter(|loss| !loss.is_empty()).map(str::to_owned);
        Some(Self { obtained, lost, median, first_loss })
    }

    /// Of all processes.
    pub(crate) fn sum(tallies: Vec<Self>) -> Self {
        let mut sum = Self::default();
        let mut medians = Vec::new();
        for tally in tallies {
            sum.obtained += tally.obtained;
            sum.lost += tally.lost;
            sum.first_loss = sum.first_loss.or(tally.first_loss);
            medians.push(tally.median);
        }
        medians.sort_unstable();
        sum.median = medians.get(medians.len() / 2).copied().unwrap_or_default();
        sum
    }
}

pub(crate) fn head(args: &Args) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let Args { processes, acquisitions, held, range, rivals, plain_rivals, late_rivals, connections, .. } = args;
    println!(
        "{processes} processes × {acquisitions} acquisitions, {held} held at a time by each; range {}..{}; \
         rivals: {rivals} as std, {plain_rivals} without SO_REUSEADDR, {late_rivals} that listen late; \
         {connections} connections to each listener; {cores} cores, {}\n",
        range.start,
        range.end,
        std::env::consts::OS
    );
    println!("| way | obtained | lost | time for one |\n| --- | ---: | ---: | ---: |");
}

pub(crate) fn row(way: Way, tally: &Tally, by_rivals: u64) {
    let Tally { obtained, lost, median, first_loss } = tally;
    let ours = if way.is_ours() { "this crate: " } else { "" };
    println!("| {ours}{} | {obtained} | {lost} | {:.1} µs |", way.name(), median.as_secs_f64() * 1e6);
    if let Some(loss) = first_loss {
        eprintln!("{}, the first loss: {loss}", way.name());
    }
    if by_rivals > 0 {
        eprintln!("{}: meanwhile the rivals bound {by_rivals} ports", way.name());
    }
}

pub(crate) fn foot() {
    println!(
        "\nLost: no port came out (none was found, or the number that was picked could not be bound any more), or another \
         process had the same port at the same time, or a connection to it came from elsewhere, or a server could not be \
         restarted on its reserved port. A loss is not tried again. Time: the median in each process, and of those the \
         median."
    );
}
