//! What the tests and their programs in `bin/` share: how they are started.

use std::process::Command;

/// The emulator that cargo was told to run tests with, where they are Linux programs for another architecture: the
/// kernel cannot start such a program by itself.
const EMULATOR: &str = env!("BEHAVIOUR_EMULATOR");

/// The command line that starts a program of ours.
pub fn words(program: &str) -> impl Iterator<Item = &str> {
    EMULATOR.split_whitespace().chain([program])
}

/// A command that starts a program of ours.
pub fn command(program: &str) -> Command {
    let words: Vec<_> = words(program).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

/// The test binary itself.
///
/// # Panics
///
/// Where the system does not tell its path.
pub fn this_test() -> String {
    let path = std::env::current_exe().expect("the test binary has a path");
    path.into_os_string().into_string().expect("the path of the target folder is UTF-8")
}
