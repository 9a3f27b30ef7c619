use std::io;
use std::path::{Path, PathBuf};
use std::thread;
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
    since: Duration,
}

/// Somebody else has claimed the port.
#[derive(Debug)]
pub(crate) struct Conflict {
    entry: PathBuf,
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
    /// Whether the other was after the number at the same moment, since `begin`, and bound it when it was ours already:
    /// only those who listen late can be. They are told, since they will not be able to listen.
    pub(crate) fn is_race(&self, begin: Duration) -> io::Result<bool> {
        let Some((Owner::LateRival, since)) = self.owner else { return Ok(false) };
        if since < begin {
            return Ok(false);
        }
        match create(&race(&self.entry), &since.as_nanos().to_string()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(true),
        }
    }
}

impl Claim {
    pub(crate) fn new(table: &Path, port: u16, owner: Owner) -> io::Result<Result<Self, Conflict>> {
        let entry = table.join(port.to_string());
        let since = now();
        match create(&entry, &format!("{} {}", owner.name(), since.as_nanos())) {
            Ok(()) => Ok(Ok(Self { entry, since })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let owner = read(&entry).as_deref().and_then(parse);
                Ok(Err(Conflict { entry, owner }))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether somebody who has the port says that it was a race. Whoever has it says so as soon as it can.
    pub(crate) fn was_raced(&self) -> bool {
        let note = race(&self.entry);
        for _ in 0..10_000 {
            if let Some(since) = read(&note) {
                let _ = std::fs::remove_file(&note);
                if since == self.since.as_nanos().to_string() {
                    return true;
                }
            }
            thread::sleep(Duration::from_millis(1));
        }
        false
    }
}

/// Where it stands that whoever has this entry has lost a race.
fn race(entry: &Path) -> PathBuf {
    entry.with_extension("race")
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
