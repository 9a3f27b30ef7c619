//! The system calls of a piece of code.

use std::fs;
use std::path::Path;

use test_support::Folder;

use super::Child;

const BEGIN: &str = "/trace/begins";
const END: &str = "/trace/ends";

/// Calls `watched` so that [`Traced`] finds its system calls: between two that look for files which do not exist.
pub(crate) fn watch<T>(watched: impl FnOnce() -> T) -> T {
    assert!(!Path::new(BEGIN).exists());
    let result = watched();
    assert!(!Path::new(END).exists());
    result
}

/// A [`Child`] under strace.
pub(crate) struct Traced {
    folder: Folder,
    child: Child,
}

impl Traced {
    pub(crate) fn new(child: Child) -> Self {
        Self::with(child, [])
    }

    /// Lets system calls fail: `listen:error=EADDRINUSE:when=1`.
    pub(crate) fn injecting(fault: &str) -> Self {
        Self::injecting_into(Child::new(), fault)
    }

    pub(crate) fn injecting_into(child: Child, fault: &str) -> Self {
        Self::with(child, [format!("--inject={fault}")])
    }

    fn with<const N: usize>(child: Child, options: [String; N]) -> Self {
        let folder = Folder::new();
        let files = folder.join("thread").to_str().expect("the folder for temporary files is UTF-8").to_owned();
        let child = child.wrapped_in(["strace", "-ff", "-qq", "-o", &files]).wrapped_in(options);
        Self { folder, child }
    }

    /// The system calls of what `test` has watched; none in the process that is traced.
    pub(crate) fn run<F: FnOnce()>(self, test: F) -> Option<Vec<String>> {
        let Self { folder, child } = self;
        let traced = child.run(test);
        let files = fs::read_dir(&*folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let calls = files.filter(|_| traced).find_map(|calls| watched_part(&calls));
        assert_eq!(traced, calls.is_some(), "nothing was watched");
        calls
    }
}

/// One thread's calls between the two marks.
fn watched_part(calls: &str) -> Option<Vec<String>> {
    let (_, rest) = calls.split_once(BEGIN)?;
    let (watched, _) = rest.split_once(END)?;
    let lines: Vec<_> = watched.lines().map(str::to_owned).collect();
    // The first and the last line are the marks' own.
    Some(lines[1..lines.len() - 1].to_vec())
}

/// `bind` of `bind(3, {…}, 16) = 0`.
pub(crate) fn names(calls: &[String]) -> Vec<&str> {
    calls.iter().filter_map(|call| call.split_once('(')).map(|(name, _)| name).collect()
}
