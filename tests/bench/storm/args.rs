use std::ops::Range;
use std::path::PathBuf;

use crate::way::Way;

const USAGE: &str = "\
usage: storm [OPTION VALUE]...

  --ways LIST           ours, peers, all, or some of those below, with commas between (default: all)
  --processes N         started together (default: 16, at most 256)
  --acquisitions N      per process (default: 2000, at most 1000000)
  --held N              ports that each process has at a time (default: 20, at most 1000)
  --range A..B          for the ways that have one (default: 22000..23000)
  --rivals N            more processes that bind explicit numbers, as std does, with SO_REUSEADDR on Unix (default: 0)
  --plain-rivals N      the same without SO_REUSEADDR (default: 0)
  --late-rivals N       the same with SO_REUSEADDR, listening a while after they have bound (default: 0)
  --connections N       to each listener, closed by the server first: each leaves its port in TIME_WAIT (default: 0)

The numbers of the rivals are those of the range, and for ways without one, those that the kernel chooses from.
";

/// What is asked for on the command line.
#[derive(Debug, Clone)]
pub(crate) struct Args {
    pub(crate) ways: Vec<Way>,
    pub(crate) processes: usize,
    pub(crate) acquisitions: usize,
    pub(crate) held: usize,
    pub(crate) range: Range<u16>,
    pub(crate) rivals: usize,
    pub(crate) plain_rivals: usize,
    pub(crate) late_rivals: usize,
    pub(crate) connections: usize,
    pub(crate) role: Role,
}

/// What this process is.
#[derive(Debug, Clone)]
pub(crate) enum Role {
    Parent,
    Member { way: Way, table: PathBuf },
    Rival { kind: RivalKind, table: PathBuf },
}

/// How somebody else binds a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RivalKind {
    /// As std does.
    Shared,
    /// Without `SO_REUSEADDR`.
    Plain,
    /// With it, and listening later.
    Late,
}

impl RivalKind {
    pub(crate) const ALL: [Self; 3] = [Self::Shared, Self::Plain, Self::Late];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Plain => "plain",
            Self::Late => "late",
        }
    }
}

impl Args {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self {
            ways: Way::all(),
            processes: 16,
            acquisitions: 2_000,
            held: 20,
            range: 22_000..23_000,
            rivals: 0,
            plain_rivals: 0,
            late_rivals: 0,
            connections: 0,
            role: Role::Parent,
        };
        let mut member = None;
        let mut rival = None;
        let mut table = PathBuf::new();
        while let Some(option) = words.next() {
            let value = words.next().ok_or_else(usage)?;
            match option.as_str() {
                "--ways" => args.ways = ways(&value)?,
                "--processes" => args.processes = number(&value, 1..=256)?,
                "--acquisitions" => args.acquisitions = number(&value, 1..=1_000_000)?,
                "--held" => args.held = number(&value, 1..=1_000)?,
                "--range" => args.range = range(&value)?,
                "--rivals" => args.rivals = number(&value, 0..=256)?,
                "--plain-rivals" => args.plain_rivals = number(&value, 0..=256)?,
                "--late-rivals" => args.late_rivals = number(&value, 0..=256)?,
                "--connections" => args.connections = number(&value, 0..=100)?,
                "--member" => member = Some(way(&value)?),
                "--rival" => rival = RivalKind::ALL.into_iter().find(|kind| kind.name() == value),
                "--table" => table = value.into(),
                _ => return Err(usage()),
            }
        }
        if let Some(way) = member {
            args.role = Role::Member { way, table };
        } else if let Some(kind) = rival {
            args.role = Role::Rival { kind, table };
        }
        Ok(args)
    }
}

fn usage() -> String {
    let names: Vec<String> = Way::all().into_iter().map(Way::name).collect();
    format!("{USAGE}\nWays: {}", names.join(", "))
}

fn ways(list: &str) -> Result<Vec<Way>, String> {
    let mut ways = Vec::new();
    for name in list.split(',') {
        match name {
            "all" => ways.extend(Way::all()),
            "ours" => ways.extend(Way::ours()),
            "peers" => ways.extend(Way::peers()),
            name => ways.push(way(name)?),
        }
    }
    Ok(ways)
}

fn way(name: &str) -> Result<Way, String> {
    Way::all()
        .into_iter()
        .find(|way| way.name() == name)
        .ok_or_else(|| format!("there is no way `{name}`\n\n{}", usage()))
}

fn number(text: &str, allowed: std::ops::RangeInclusive<usize>) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| format!("`{text}` is no number in {allowed:?}\n\n{}", usage()))
}

fn range(text: &str) -> Result<Range<u16>, String> {
    let range = text.split_once("..").and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
    let range = range.filter(|Range { start, end }| 0 < *start && start < end);
    range.ok_or_else(|| format!("`{text}` is no range such as 22000..23000\n\n{}", usage()))
}
