//! Finds out what this toolchain offers, so that a test that needs more is counted as ignored and says why.

use std::env;
use std::process::Command;

/// The files `.stderr` hold what this version of rustc makes of a message: the place, the underline, the notes.
const PINNED: &str = "1.95.0";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let version = said_by("RUSTC", &["--version"]).unwrap_or_default();
    let pinned = version.split(' ').nth(1) == Some(PINNED);
    offer("pinned_rustc", pinned, &format!("the texts in fail/ are those of rustc {PINNED}, and this is {version}"));
    offer("has_clippy", said_by("CARGO", &["clippy", "--version"]).is_some(), "cargo clippy is not installed");
    let analyzer = Command::new("rust-analyzer").arg("--version").output();
    let analyzer = analyzer.is_ok_and(|output| output.status.success());
    offer("has_rust_analyzer", analyzer, "rust-analyzer is not installed (`rustup component add rust-analyzer`)");
}

fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let program = env::var_os(program).expect("cargo sets it");
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn offer(cfg: &str, present: bool, missing: &str) {
    println!("cargo::rustc-check-cfg=cfg({cfg})");
    if present {
        println!("cargo::rustc-cfg={cfg}");
    } else {
        println!("cargo::warning={missing}: the tests that need it are ignored");
        // A file that does not exist: look again next time.
        println!("cargo::rerun-if-changed=look-again");
    }
}
