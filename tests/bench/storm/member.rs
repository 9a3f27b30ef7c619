use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::claim::{Claim, Owner, now};
use crate::report::Tally;
use crate::way::{Taken, Way};

/// One of the processes: says that it is there, waits for the moment that its parent names, and takes ports.
pub(crate) fn take_part(args: &Args, way: Way, table: &Path) -> io::Result<()> {
    println!("ready");
    let mut start = String::new();
    io::stdin().read_line(&mut start)?;
    let start: Duration = start.trim().parse().map(Duration::from_millis).map_err(io::Error::other)?;
    thread::sleep(Duration::saturating_sub(start, now()));

    let mut tally = Tally::default();
    let mut times = Vec::with_capacity(args.acquisitions);
    let mut held: VecDeque<(Claim, Taken)> = VecDeque::with_capacity(args.held);
    for _ in 0..args.acquisitions {
        if held.len() == args.held {
            held.pop_front();
        }
        let (begin, stopwatch) = (now(), Instant::now());
        let taken = way.take(args.range.clone());
        times.push(stopwatch.elapsed());
        let taken = match taken {
            Ok(taken) => taken,
            Err(loss) => {
                tally.lose(loss);
                continue;
            }
        };
        let address = taken.address()?;
        match Claim::new(table, address.port(), Owner::Member)? {
            Ok(claim) => {
                tally.obtained += 1;
                match taken.converse(args.connections).and_then(|()| taken.restart()) {
                    Ok(taken) => held.push_back((claim, taken)),
                    Err(loss) => tally.lose(format!("{address}: {loss}")),
                }
            }
            Err(conflict) if conflict.is_race(begin)? => tally.obtained += 1,
            Err(conflict) => tally.lose(format!("somebody else has {address}: {conflict:?}")),
        }
    }
    times.sort_unstable();
    tally.median = times[times.len() / 2];
    println!("{}", tally.to_line());
    Ok(())
}
