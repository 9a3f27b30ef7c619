//! Each file in `mistakes/` is a list of what people write, and below each line, indented, what they are told: one
//! message, at one place, that says what to write instead. An attribute without a function stands for one with a listener.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p port-macros` writes what is said now. Read it before it is committed.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use proc_macro2::{TokenStream, TokenTree};

use super::{mistakes, tokens};
use crate::rewrite;

/// How a message goes on behind what is wrong.
const FIXES: [&str; 13] = [
    "write ",
    "leave ",
    "remove ",
    "keep ",
    "put ",
    "take ",
    "did you mean ",
    "use ",
    "move ",
    "bind ",
    "mark ",
    "add ",
    "the options are ",
];

#[test]
fn each_is_told_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/mistakes");
    let (mut seen, mut changed) = (0, String::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut expected = String::new();
        for case in text.lines().filter(|line| line.starts_with('#')) {
            let messages = told(case);
            let message = messages.first().map_or("", String::as_str);
            assert_eq!(messages.len(), 1, "{case}: {messages:#?}");
            assert!(FIXES.iter().any(|fix| message.contains(fix)), "{case}: {message}");
            assert!(!message.ends_with('.') && !message.contains("  "), "{case}: {message}");
            writeln!(expected, "{case}\n    {message}").unwrap();
            seen += 1;
            assert_output_parses(case);
        }
        if expected == text {
            continue;
        }
        if env::var_os("UPDATE_EXPANSIONS").is_some() {
            fs::write(&path, &expected).unwrap();
        } else {
            writeln!(changed, "{}:\n{expected}", path.display()).unwrap();
        }
    }
    assert!(seen > 300, "only {seen} mistakes found");
    assert!(changed.is_empty(), "{changed}");
}

/// Takes the attribute off as rustc does.
fn split(case: &str) -> (TokenStream, TokenStream) {
    let mut trees = tokens(case).into_iter().skip(1);
    let Some(TokenTree::Group(attribute)) = trees.next() else {
        panic!("a case begins with `#[with_free_port]`: {case}");
    };
    let arguments = match attribute.stream().into_iter().nth(1) {
        Some(TokenTree::Group(arguments)) => arguments.stream(),
        _ => TokenStream::new(),
    };
    let function: TokenStream = trees.collect();
    (arguments, if function.is_empty() { tokens("fn serve(listener: TcpListener) {}") } else { function })
}

fn told(case: &str) -> Vec<String> {
    let (arguments, function) = split(case);
    mistakes(&arguments.to_string(), &function.to_string())
}

/// Or rustc would have more to say.
fn assert_output_parses(case: &str) {
    let (arguments, function) = split(case);
    if syn::parse2::<syn::File>(function.clone()).is_ok() {
        let output = rewrite(&arguments, function);
        assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{case}: {output}");
    }
}
