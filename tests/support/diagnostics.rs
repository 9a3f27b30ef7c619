//! What rustc says, compared with comments in the source: `//~ error: text` expects one diagnostic on its line that begins
//! so, and any diagnostic without such a comment is a failure.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// `output` is of cargo with `--message-format=short`: `file:line:column: level: text`. Lines of other levels do not count.
#[track_caller]
pub(crate) fn compare(source: &Path, levels: &[&str], output: &str) {
    let file = source.file_name().unwrap().to_str().unwrap();
    let mut expected = Vec::new();
    for (line, number) in fs::read_to_string(source).unwrap().lines().zip(1..) {
        expected.extend(line.split("//~ ").skip(1).map(|text| format!("{number}: {}", text.trim())));
    }
    let mut surprises = String::new();
    for diagnostic in output.lines().filter(|line| levels.iter().any(|level| line.contains(level))) {
        let Some((_, place)) = diagnostic.split_once(&format!("{file}:")) else {
            // Anything but the last line of cargo means that the crate was not even compiled.
            let is_summary = diagnostic.contains("could not compile") || diagnostic.contains("warning");
            assert!(is_summary, "{output}");
            continue;
        };
        let (line, text) = place.split_once(':').unwrap();
        let (_column, text) = text.split_once(": ").unwrap();
        let found = format!("{line}: {text}");
        match expected.iter().position(|expected| found.starts_with(expected.as_str())) {
            Some(position) => drop(expected.swap_remove(position)),
            None => writeln!(surprises, "{found}").unwrap(),
        }
    }
    assert!(
        expected.is_empty() && surprises.is_empty(),
        "in fixture/{file}\nnot reported: {expected:#?}\nnot expected:\n{surprises}\nall output:\n{output}"
    );
}
