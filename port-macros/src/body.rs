//! The body of a function, of which nothing is read but what stands at its head.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::tokens::is_punct;

/// Inner attributes and inner documentation, which belong to the function, and the rest of the body.
///
/// Input:  `{ #![allow(unused)] body }`
/// Output: `#![allow(unused)]`, `{ body }`
pub(crate) fn split_off_inner_attributes(body: &Group) -> (TokenStream, Group) {
    if !may_begin_with_attribute(body) {
        return (TokenStream::new(), body.clone());
    }
    let mut trees: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut end = 0;
    while is_punct(trees.get(end), '#') && is_punct(trees.get(end + 1), '!') {
        match trees.get(end + 2) {
            Some(TokenTree::Group(brackets)) if brackets.delimiter() == Delimiter::Bracket => end += 3,
            _ => break,
        }
    }
    if end == 0 {
        return (TokenStream::new(), body.clone());
    }
    let rest = trees.split_off(end);
    let mut braces = Group::new(Delimiter::Brace, rest.into_iter().collect());
    braces.set_span(body.span());
    (trees.into_iter().collect(), braces)
}

/// To look at the first token, the compiler hands over all of them, one by one; its text it has at hand.
fn may_begin_with_attribute(body: &Group) -> bool {
    body.span().source_text().is_none_or(|text| text_may_begin_with_attribute(&text))
}

/// The same for the text of a body, braces and all: where it says no, the body costs nothing, however long it is.
pub(crate) fn text_may_begin_with_attribute(text: &str) -> bool {
    let Some(mut inside) = text.strip_prefix('{').map(str::trim_start) else { return true };
    while inside.starts_with("//") && !inside.starts_with("//!") {
        inside = inside.split_once('\n').map_or("", |(_, next)| next).trim_start();
    }
    inside.starts_with(['#', '/'])
}
