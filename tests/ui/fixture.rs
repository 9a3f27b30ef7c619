//! Runs cargo over the crates in `fixture/`, in a workspace of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::diagnostics::compare;

pub(crate) const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// The lines `file:line:column: level: text` of a cargo command over one package.
pub(crate) fn run(verb: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args([verb, "--quiet", "--offline", "--message-format=short", "--package", package])
        .args(arguments)
        .current_dir(workspace())
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo started this test");
    String::from_utf8(output.stderr).expect("paths here are UTF-8")
}

/// Compares the diagnostics with the comments in `fixture/<name>.rs`.
pub(crate) fn assert_diagnostics(name: &str, output: &str) {
    compare(&source_of(name), &["error", "warning"], output);
}

fn source_of(name: &str) -> PathBuf {
    Path::new(HERE).join(format!("fixture/{name}.rs"))
}

/// Not part of our workspace, or its crates would have to compile there.
fn workspace() -> &'static Path {
    static WORKSPACE: OnceLock<PathBuf> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture");
        let ours = Path::new(HERE).join("../..");
        let mut members = vec!["types", "mistakes", "lints"].into_iter().map(|name| (name.to_owned(), name, "2024")).collect::<Vec<_>>();
        members.extend(EDITIONS.map(|edition| (format!("quiet-{edition}"), "quiet", edition)));
        for (package, source, edition) in &members {
            let manifest = format!(
                "[package]\nname = '{package}'\nedition = '{edition}'\n\n[lib]\npath = '{}'\n\n[dependencies]\nport-runtime.path = '{}'\n",
                source_of(source).display(),
                ours.join("port-runtime").display(),
            );
            fs::create_dir_all(workspace.join(package)).unwrap();
            write_if_changed(&workspace.join(package).join("Cargo.toml"), &manifest);
        }
        let names: Vec<_> = members.iter().map(|(package, ..)| package).collect();
        write_if_changed(&workspace.join("Cargo.toml"), &format!("[workspace]\nresolver = '3'\nmembers = {names:?}\n"));
        // Offline, cargo must not choose versions itself.
        let lock = fs::read_to_string(ours.join("Cargo.lock")).unwrap();
        if !workspace.join("Cargo.lock").exists() {
            fs::write(workspace.join("Cargo.lock"), lock).unwrap();
        }
        workspace
    })
}

fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}
