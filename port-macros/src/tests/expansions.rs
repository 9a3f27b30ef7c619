//! Each file in `expansions/` is an annotated function, a line of dashes, and what becomes of it.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p port-macros` writes what becomes of it now.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, mem};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

use super::tokens;
use crate::rewrite;

#[test]
fn expansions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/expansions");
    let mut seen = 0;
    let mut changed = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let (input, _) = text.split_once("\n----\n").unwrap_or((&text, ""));
        let expected = format!("{}\n----\n{}", input.trim_end(), expand(tokens(input)));
        seen += 1;
        if expected == text {
            continue;
        }
        if env::var_os("UPDATE_EXPANSIONS").is_some() {
            fs::write(&path, &expected).unwrap();
        } else {
            writeln!(changed, "{}:\n{expected}", path.display()).unwrap();
        }
    }
    assert!(seen > 10, "only {seen} expansions found");
    assert!(changed.is_empty(), "{changed}");
}

/// Takes the attribute off as rustc does.
fn expand(input: TokenStream) -> String {
    let mut trees = input.into_iter().skip(1);
    let Some(TokenTree::Group(attribute)) = trees.next() else {
        panic!("an input begins with `#[with_free_port]`");
    };
    let arguments = match attribute.stream().into_iter().nth(1) {
        Some(TokenTree::Group(arguments)) => arguments.stream(),
        _ => TokenStream::new(),
    };
    let mut output = String::new();
    write_lines(rewrite(&arguments, trees.collect()), 0, &mut output);
    output
}

/// A line for each statement, attribute and arm.
fn write_lines(tokens: TokenStream, depth: usize, output: &mut String) {
    let indent = "    ".repeat(depth);
    let mut line = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let ends_line = match &tree {
            TokenTree::Group(group) if holds_statements(group) => {
                let (open, close) = if group.delimiter() == Delimiter::Brace { (" {", "}") } else { ("(", ")") };
                let head = spaced(&mem::take(&mut line));
                writeln!(output, "{indent}{}", format!("{head}{open}").trim_start()).unwrap();
                write_lines(group.stream(), depth + 1, output);
                let end = trees.next_if(|next| [";", ","].contains(&next.to_string().as_str()));
                writeln!(output, "{indent}{close}{}", end.into_token_stream()).unwrap();
                continue;
            }
            TokenTree::Group(group) => group.delimiter() == Delimiter::Bracket && line.to_string() == "#",
            // In what is written here, only an arm goes on with `::`.
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                trees.peek().is_some_and(|next| next.to_string() == ":")
            }
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        line.extend([tree]);
        if ends_line || trees.peek().is_none() {
            writeln!(output, "{indent}{}", spaced(&mem::take(&mut line))).unwrap();
        }
    }
}

fn holds_statements(group: &Group) -> bool {
    let is_brace = |tree| matches!(tree, TokenTree::Group(inner) if inner.delimiter() == Delimiter::Brace);
    group.delimiter() == Delimiter::Brace || group.stream().into_iter().any(is_brace)
}

/// Leaves out the spaces that people leave out.
fn spaced(line: &TokenStream) -> String {
    let text = line.to_string();
    let mut spaced = String::new();
    for word in text.split(' ') {
        let after_operand = spaced.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '>'));
        let after_keyword = ["match", "let", "return", "as"].iter().any(|keyword| spaced.ends_with(keyword));
        let after_prefix = ["::", "(", "&", "#", "<", "."].iter().any(|prefix| spaced.ends_with(prefix));
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| word.starts_with(prefix));
        let is_glued = begins(&[",", ";", ".", "?", ")", ">"])
            || word == ":"
            || begins(&["::", ":", "(", "<"]) && after_operand && !after_keyword;
        if !spaced.is_empty() && !after_prefix && !is_glued {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}
