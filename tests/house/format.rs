//! rustfmt leaves an expression alone, without a word, in which something does not fit into the width: a long text in a
//! chain, for example. Here every line is moved to the right, and rustfmt has to move it back.

use std::fs;
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{files, workspace};

/// The lines that are not rustfmt's business: what goes on in a text or in a call of a macro.
fn foreign(tokens: TokenStream, found: &mut Vec<RangeInclusive<usize>>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut is_skipped = false;
    for (at, tree) in trees.iter().enumerate() {
        let span = tree.span();
        let rest = span.start().line + 1..=span.end().line;
        let is_after = |sign| matches!(trees[..at].last(), Some(TokenTree::Punct(last)) if last.as_char() == sign);
        if is_skipped {
            found.push(span.start().line..=span.end().line);
        }
        is_skipped = match tree {
            TokenTree::Group(attribute) if is_after('#') && attribute.to_string().contains("rustfmt") => {
                found.push(span.start().line..=span.end().line);
                true
            }
            TokenTree::Punct(end) if end.as_char() == ';' => false,
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => false,
            _ => is_skipped,
        };
        match tree {
            TokenTree::Literal(_) => found.push(rest),
            // Where a line begins with a call of a macro that rustfmt cannot read, it leaves the braces around it alone.
            TokenTree::Group(_) if is_after('!') && begins_line(&trees[..at - 1]) => {
                found.push(rest.start() - 1..=rest.end() + 1);
            }
            TokenTree::Group(_) if is_after('!') || is_after('#') => found.push(rest),
            // `macro_rules! name { … }`
            TokenTree::Group(_) if at >= 2 && trees[at - 2].to_string() == "!" => found.push(rest),
            TokenTree::Group(group) => foreign(group.stream(), found),
            _ => {}
        }
    }
}

/// Whether nothing stands before the last of these on its line.
fn begins_line(trees: &[TokenTree]) -> bool {
    let [.., before, last] = trees else { return true };
    before.span().end().line < last.span().start().line
}

/// The text with its lines moved to the right.
fn moved(text: &str) -> String {
    let mut fixed = Vec::new();
    foreign(text.parse().expect("it compiles"), &mut fixed);
    let lines = text.lines().zip(1..).map(|(line, number)| {
        let stays = line.is_empty() || fixed.iter().any(|lines| lines.contains(&number));
        format!("{}{line}\n", if stays { "" } else { "   " })
    });
    lines.collect()
}

fn formatted(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(workspace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is a part of the toolchain: rustup component add rustfmt");
    let mut stdin = rustfmt.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    String::from_utf8(rustfmt.wait_with_output().unwrap().stdout).unwrap()
}

/// The first line that rustfmt has not moved back.
fn left_alone(text: &str) -> Option<usize> {
    let back = formatted(&moved(text));
    if back == text {
        return None;
    }
    let straight = formatted(text);
    straight.lines().zip(back.lines()).zip(1..).find_map(|((one, other), line)| (one != other).then_some(line))
}

#[test]
fn rustfmt_formats_everything() {
    // Sources of tests in which the form is the point.
    let is_odd = |path: &Path| {
        ["fail", "pass", "fixture", "expansions"]
            .iter()
            .any(|folder| path.components().any(|part| part.as_os_str() == *folder))
    };
    let folders = ["port-macros", "port-runtime", "tests"];
    let mut alone = Vec::new();
    for file in folders.iter().flat_map(|folder| files(folder, "rs")).filter(|file| !is_odd(file)) {
        if let Some(line) = left_alone(&fs::read_to_string(&file).unwrap()) {
            alone.push(format!("{}:{line}", file.display()));
        }
    }
    assert!(
        alone.is_empty(),
        "rustfmt leaves these alone, since something near them is too wide:\n{}",
        alone.join("\n")
    );
}

#[test]
fn what_it_leaves_alone_is_found() {
    let source = |text: &str| {
        format!("fn f() {{\n    a().b(|| {{\n        let d = 0;\n        c(d, \"{text}\")\n    }});\n}}\n")
    };
    assert_eq!(left_alone(&source("short")), None);
    assert_eq!(left_alone(&source(&"long ".repeat(30))), Some(3));
}
