use std::io::{self, BufRead, BufReader, Write};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs};

use crate::args::{Args, RivalKind};
use crate::claim;
use crate::report::{self, Tally};
use crate::way::Way;

/// All ways, one after the other. Whether this crate has lost nothing.
pub(crate) fn storm(args: &Args) -> io::Result<bool> {
    report::head(args);
    let mut kept = true;
    for &way in &args.ways {
        let table = claim::table();
        let (tally, by_rivals) = run(args, way, &table)?;
        report::row(way, &tally, by_rivals);
        let asked = args.processes * args.acquisitions;
        kept &= !way.is_ours() || (tally.lost == 0 && usize::try_from(tally.obtained) == Ok(asked));
    }
    report::foot();
    Ok(kept)
}

fn run(args: &Args, way: Way, table: &Path) -> io::Result<(Tally, u64)> {
    let range = if way.has_range() { args.range.clone() } else { kernels_range() };
    let kinds =
        [(RivalKind::Shared, args.rivals), (RivalKind::Plain, args.plain_rivals), (RivalKind::Late, args.late_rivals)];
    let rivals: Vec<Process> = kinds
        .into_iter()
        .flat_map(|(kind, count)| std::iter::repeat_n(kind, count))
        .map(|kind| {
            let range = format!("{}..{}", range.start, range.end);
            Process::start(args, table, &["--rival", kind.name(), "--range", &range])
        })
        .collect::<io::Result<_>>()?;
    let mut members: Vec<Process> = (0..args.processes)
        .map(|_| Process::start(args, table, &["--member", &way.name()]))
        .collect::<io::Result<_>>()?;
    // All are ready, and each knows the moment before it comes.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let start = (now + Duration::from_millis(50)).as_millis();
    for member in &mut members {
        if let Some(input) = &mut member.child.stdin {
            writeln!(input, "{start}")?;
        }
    }
    let mut tallies = members.into_iter().map(Process::end).collect::<io::Result<Vec<_>>>()?;
    let mut by_rivals = 0;
    for rival in rivals {
        let Tally { obtained, lost, first_loss, .. } = rival.end()?;
        by_rivals += obtained;
        if lost > 0 {
            tallies[0].lost += lost;
            tallies[0].first_loss = first_loss;
        }
    }
    Ok((Tally::sum(tallies), by_rivals))
}

/// What the kernel chooses from.
fn kernels_range() -> Range<u16> {
    let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut numbers = text.split_whitespace().map_while(|word| word.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(first), Some(last)) if first < last => first..last,
        // That of IANA, which Windows, macOS and FreeBSD use.
        _ => 49_152..65_535,
    }
}

/// A child that takes part, or a rival; killed if this process fails.
struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Returns when it is ready.
    fn start(args: &Args, table: &Path, role: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("--acquisitions").arg(args.acquisitions.to_string());
        command.arg("--held").arg(args.held.to_string());
        command.arg("--range").arg(format!("{}..{}", args.range.start, args.range.end));
        command.arg("--connections").arg(args.connections.to_string());
        command.arg("--table").arg(table).args(role);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("the child has no output"))?;
        let mut process = Self { child, output: BufReader::new(output) };
        match process.line()?.trim_end() {
            "ready" => Ok(process),
            line => Err(io::Error::other(format!("a child says `{line}`"))),
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    fn end(mut self) -> io::Result<Tally> {
        // For a rival this is the sign to stop.
        self.child.stdin = None;
        let line = self.line()?;
        let status = self.child.wait()?;
        let tally = Tally::from_line(&line).filter(|_| status.success());
        tally.ok_or_else(|| io::Error::other(format!("a child ended with {status} and said `{line}`")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
