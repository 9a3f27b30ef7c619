use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file named like a port, which only one process can create: proof that nobody else has the port. In it stands since
/// when.
#[derive(Debug)]
pub(crate) struct Claim {
    file: PathBuf,
}

/// Somebody else has claimed the port.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// `None` when the other has let go of it meanwhile.
    since: Option<Duration>,
}

impl Conflict {
    /// Whether the other had it before the search began that ended in this conflict. If not, two have competed for one
    /// number, as those who name numbers do.
    pub(crate) fn is_robbery(&self, begin: Duration) -> bool {
        self.since.is_some_and(|since| since < begin)
    }
}

impl Claim {
    /// Made after the port was obtained.
    pub(crate) fn new(folder: &Path, port: u16) -> io::Result<Result<Self, Conflict>> {
        let file = folder.join(port.to_string());
        let since = now();
        match fs::File::create_new(&file) {
            Ok(mut created) => {
                created.write_all(since.as_nanos().to_string().as_bytes())?;
                Ok(Ok(Self { file }))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let since =
                    fs::read_to_string(&file).ok().and_then(|since| since.parse().ok()).map(Duration::from_nanos);
                Ok(Err(Conflict { since }))
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for Claim {
    /// Comes before the port is let go of.
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.file) {
            eprintln!("storm: {}: {error}", self.file.display());
        }
    }
}

/// The same clock for all processes.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
