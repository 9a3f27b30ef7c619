//! The code of the front page and the manual, in which tests stand. Their doctests see nothing of those: rustdoc leaves out
//! what has `#[test]`. Here it is taken off.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use test_support::{Package, Workspace};

const DEPENDENCIES: &str = "port-runtime = { path = '{ours}', features = ['tokio', 'tokio-process'] }
async-trait = '*'
axum = { version = '*', default-features = false, features = ['http1', 'tokio'] }
tokio = { version = '1', features = ['macros', 'net', 'rt-multi-thread', 'time', 'io-util'] }";

/// What rustdoc compiles, with the lines that it hides.
fn examples(page: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let mut inside: Option<(bool, String)> = None;
    for line in page.lines() {
        match &mut inside {
            Some(_) if line == "```" => {
                examples.extend(inside.take().and_then(|(is_rust, example)| is_rust.then_some(example)));
            }
            Some((_, example)) => {
                let line = line.trim_start().strip_prefix("# ").unwrap_or(line);
                let line = line.replace("#[test]", "").replace("#[tokio::test]", "#[tokio::main]");
                writeln!(example, "{}", line.replace("#[cfg(feature = \"tokio\")]", "")).unwrap();
            }
            None => {
                let language = line.strip_prefix("```");
                let is_rust = |language: &str| matches!(language, "" | "rust" | "no_run" | "rust,no_run");
                inside = language.map(|language| (is_rust(language), String::new()));
            }
        }
    }
    // These are for crates of their own: see `fixture/`.
    examples.retain(|example| !["proc_macro", "$crate::"].iter().any(|word| example.contains(word)));
    examples
}

#[test]
fn what_they_show_compiles() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let package = Package { name: "pages", source: None, edition: "2024", is_macro: false, dependencies: DEPENDENCIES };
    let workspace = Workspace::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/pages"), &ours, &[package]);
    let mut source = "#![allow(unused, clippy::all)]\n".to_owned();
    for (page, path) in [("readme", "README.md"), ("manual", "port-runtime/src/with_free_port.md")] {
        for (number, example) in examples(&fs::read_to_string(ours.join(path)).unwrap()).iter().enumerate() {
            // A closure is what an example returns, whatever that is.
            writeln!(source, "fn {page}_{number}() {{ let _ = || {{\n{example}\n}}; }}").unwrap();
        }
    }
    assert!(source.contains("fn readme_5() ") && source.contains("fn manual_5() "), "{source}");
    workspace.write("pages", &source);
    let output = workspace.run("check", "pages", &[]);
    assert!(!output.contains("error"), "{output}");
}
