use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use test_support::Folder;

use crate::args::RivalKind;

/// Who owns which port: an entry for each, in memory that all processes share where the system has such a folder. Only one
/// process can make an entry, and it is made together with what stands in it.
pub(crate) fn table() -> Folder {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() { Folder::new_in(shared) } else { Folder::new() }
}

/// An entry of the table: proof that nobody else has the port. It is made when the port is had, and goes before the port
/// does, so whoever meets another's entry has a port that is somebody else's at the same time.
#[derive(Debug)]
pub(crate) struct Claim {
    entry: PathBuf,
}

/// Somebody else has claimed the port.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// `None` when the other has let go of it meanwhile.
    owner: Option<(Owner, Duration)>,
}

/// As far as the table tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Member,
    Rival,
    /// It is bound before it listens, so two may want one number at the same moment.
    LateRival,
}

impl Conflict {
    /// Whether the other was after the number at the same moment, since `begin`, and bound when it was ours already: only
    /// those who listen late can be.
    pub(crate) fn is_race(&self, begin: Duration) -> bool {
        matches!(self.owner, Some((Owner::LateRival, since)) if begin <= since)
    }
}

impl Claim {
    pub(crate) fn new(table: &Path, port: u16, owner: Owner) -> io::Result<Result<Self, Conflict>> {
        let entry = table.join(port.to_string());
        match create(&entry, &format!("{} {}", owner.name(), now().as_nanos())) {
            Ok(()) => Ok(Ok(Self { entry })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(Err(Conflict { owner: read(&entry).as_deref().and_then(parse) }))
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.entry) {
            eprintln!("storm: {}: {error}", self.entry.display());
        }
    }
}

impl Owner {
    const ALL: [Self; 3] = [Self::Member, Self::Rival, Self::LateRival];

    fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Rival => "rival",
            Self::LateRival => "late-rival",
        }
    }
}

impl From<RivalKind> for Owner {
    fn from(kind: RivalKind) -> Self {
        if kind == RivalKind::Late { Self::LateRival } else { Self::Rival }
    }
}

fn parse(text: &str) -> Option<(Owner, Duration)> {
    let (name, since) = text.split_once(' ')?;
    let owner = Owner::ALL.into_iter().find(|owner| owner.name() == name)?;
    Some((owner, Duration::from_nanos(since.parse().ok()?)))
}

/// The target of a symbolic link is there as soon as the link is: nobody can read half of it.
#[cfg(unix)]
fn create(entry: &Path, text: &str) -> io::Result<()> {
    std::os::unix::fs::symlink(text, entry)
}

#[cfg(unix)]
fn read(entry: &Path) -> Option<String> {
    std::fs::read_link(entry).ok()?.into_os_string().into_string().ok()
}

#[cfg(not(unix))]
fn create(entry: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;

    std::fs::File::create_new(entry)?.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn read(entry: &Path) -> Option<String> {
    std::fs::read_to_string(entry).ok()
}

/// The same clock for all processes.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
