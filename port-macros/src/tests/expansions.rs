//! Each file in `expansions/` is an annotated function, a line of dashes, and what becomes of it.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p port-macros` writes what becomes of it now.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use proc_macro2::{TokenStream, TokenTree};

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
    let output = rewrite(&arguments, trees.collect());
    match syn::parse2(output.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        // Of what syn cannot read either, like a `gen fn`.
        Err(_) => format!("{output}\n"),
    }
}
