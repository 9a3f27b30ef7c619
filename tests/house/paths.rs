//! The paths in a source: `crate::`, `super::` and `self::` anywhere in it, macros included, and what `use` names.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One path, with its groups multiplied out: `crate::{a::B, c}` is two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// The paths that begin at `trees[0]`, and how many trees they take.
pub(crate) fn read(trees: &[TokenTree]) -> (Vec<Path>, usize) {
    let mut segments: Vec<String> = Vec::new();
    let mut at = 0;
    let line = trees[0].span().start().line;
    loop {
        match trees.get(at) {
            Some(TokenTree::Ident(name)) => segments.push(name.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => segments.push("*".to_owned()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && at > 0 => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let parts = inner.split(|tree| matches!(tree, TokenTree::Punct(comma) if comma.as_char() == ','));
                let parts = parts.filter(|part| !part.is_empty()).flat_map(|part| read(part).0);
                let prefixed = parts.map(|path| Path { segments: [&segments[..], &path.segments].concat(), ..path });
                return (prefixed.collect(), at + 1);
            }
            _ => break,
        }
        at += 1;
        if !is_separator(&trees[at..]) {
            break;
        }
        at += 2;
    }
    (vec![Path { segments, line }], at.max(1))
}

/// Whether `::` comes next.
pub(crate) fn is_separator(trees: &[TokenTree]) -> bool {
    let is_colon = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(colon)) if colon.as_char() == ':');
    is_colon(trees.first()) && is_colon(trees.get(1))
}

#[test]
fn groups_are_multiplied_out() {
    let tokens: TokenStream = "crate::{a::B, c::{self, D as E}, f::*}".parse().unwrap();
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let (paths, taken) = read(&trees);
    let paths: Vec<String> = paths.into_iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(paths, ["crate::a::B", "crate::c::self", "crate::c::D", "crate::f::*"]);
    assert_eq!(taken, trees.len());
}
