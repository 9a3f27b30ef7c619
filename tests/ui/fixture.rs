//! Runs cargo over the crates in `fixture/`.

use std::path::Path;
use std::sync::LazyLock;

use test_support::{Package, Workspace};

/// Where the expansion has to be silent, and the functions in which it is.
pub(crate) const EDITIONS: [(&str, &str); 4] =
    [("2015", "quiet_2015"), ("2018", "quiet"), ("2021", "quiet"), ("2024", "quiet")];

static WORKSPACE: LazyLock<Workspace> = LazyLock::new(|| {
    Workspace::new(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/fixture"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/fixture"),
        &[
            package("types", "types", "2024"),
            package("mistakes", "mistakes", "2024"),
            package("lints", "lints", "2024"),
            Package { source: None, ..package("edited", "", "2024") },
            package("quiet-2015", "quiet_2015", "2015"),
            package("mistakes-2015", "mistakes_2015", "2015"),
            package("quiet-2018", "quiet", "2018"),
            package("quiet-2021", "quiet", "2021"),
            package("quiet-2024", "quiet", "2024"),
        ],
    )
});

fn package<'a>(name: &'a str, source: &'a str, edition: &'a str) -> Package<'a> {
    let dependencies = "port-runtime.path = '{ours}'";
    Package { name, source: Some(source), edition, is_macro: false, dependencies }
}

/// The lines `file:line:column: level: text` of a cargo command over one package.
pub(crate) fn run(verb: &str, package: &str, arguments: &[&str]) -> String {
    WORKSPACE.run(verb, package, &[&["--message-format=short"], arguments].concat())
}

/// Compares the diagnostics with the comments in `fixture/<source>.rs`.
#[track_caller]
pub(crate) fn assert_diagnostics(source: &str, output: &str) {
    WORKSPACE.assert_diagnostics(source, &["error", "warning"], output);
}

/// The folder of a crate for an editor.
pub(crate) fn edited() -> &'static Path {
    LazyLock::force(&WORKSPACE);
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/fixture/edited"))
}
