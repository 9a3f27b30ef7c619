//! Folders that are gone afterwards.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process};

/// An empty folder of its owner's, among the system's temporary ones; removed with what is in it when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it.
    ///
    /// # Panics
    ///
    /// Where it cannot be made.
    #[expect(clippy::new_without_default, reason = "a new folder is nobody's default")]
    pub fn new() -> Self {
        Self::new_in(&env::temp_dir())
    }

    /// Makes it in another folder than that of the system for temporary files.
    ///
    /// # Panics
    ///
    /// Where it cannot be made.
    pub fn new_in(parent: &Path) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let folder = parent.join(format!("port-runtime-{}-{number}", process::id()));
            match fs::create_dir(&folder) {
                Ok(()) => return Self(folder),
                // Left over from a process of the same number that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{}: {error}", folder.display()),
            }
        }
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
