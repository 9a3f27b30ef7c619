use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::args::Args;
use crate::claim::Claim;
use crate::report::Tally;
use crate::way::{Taken, Way};

/// One of the processes: says that it is there, waits for the moment that its parent names, and takes ports.
pub(crate) fn take_part(args: &Args, way: Way, folder: &Path) -> io::Result<()> {
    println!("ready");
    let mut start = String::new();
    io::stdin().read_line(&mut start)?;
    let start = start.trim().parse().map(Duration::from_millis).map_err(io::Error::other)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    thread::sleep(start.saturating_sub(now));

    let mut tally = Tally::default();
    let mut times = Vec::with_capacity(args.acquisitions);
    let mut held: VecDeque<(Claim, Taken)> = VecDeque::with_capacity(args.held);
    for _ in 0..args.acquisitions {
        if held.len() == args.held {
            held.pop_front();
        }
        let begin = Instant::now();
        let taken = way.take(args.range.clone());
        times.push(begin.elapsed());
        match taken.map_err(Ok).and_then(|taken| claim(folder, taken).map_err(Err)) {
            Ok(Ok(claimed)) => {
                held.push_back(claimed);
                tally.obtained += 1;
            }
            Ok(Err(loss)) | Err(Ok(loss)) => tally.lose(loss),
            Err(Err(error)) => return Err(error),
        }
    }
    times.sort_unstable();
    tally.median = times[times.len() / 2];
    println!("{}", tally.to_line());
    Ok(())
}

/// The inner error is a port that somebody else has, too.
fn claim(folder: &Path, taken: Taken) -> io::Result<Result<(Claim, Taken), String>> {
    let address = taken.address()?;
    Ok(match Claim::new(folder, address.port())? {
        Some(claim) => Ok((claim, taken)),
        None => Err(format!("two processes have {address} at the same time")),
    })
}
