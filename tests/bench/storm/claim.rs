use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file named like a port, which only one process can create: proof that nobody else has the port.
#[derive(Debug)]
pub(crate) struct Claim {
    file: PathBuf,
}

impl Claim {
    /// Made after the port was obtained; `None` when another process has the same one.
    pub(crate) fn new(folder: &Path, port: u16) -> io::Result<Option<Self>> {
        let file = folder.join(port.to_string());
        match File::create_new(&file) {
            Ok(_) => Ok(Some(Self { file })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
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
