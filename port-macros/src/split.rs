//! Where one thing ends and the next begins: the body of a function, parameters, options.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};

use crate::tokens::{is_joint, is_one_of, is_punct, stream, text};

/// Takes the last `{ … }` off, so that syn never copies a function's body.
///
/// A body or a whole item that comes from `macro_rules!` is wrapped in a group without delimiters.
pub(crate) fn split_off_braces(tokens: TokenStream) -> (TokenStream, Option<Group>) {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    loop {
        match trees.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                return (trees.into_iter().collect(), Some(group));
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                trees.extend(group.stream());
            }
            last => {
                trees.extend(last);
                return (trees.into_iter().collect(), None);
            }
        }
    }
}

/// Where a `<` opens a pair of brackets, and does not compare.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Angles {
    /// In types, everywhere.
    InTypes,
    /// In expressions, only where a path may begin, after `::`, and in the type behind an `as`.
    InExpressions,
}

/// What stands in front of a comma, and the comma, which the last part may lack.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) trees: Vec<TokenTree>,
    pub(crate) comma: Option<Punct>,
}

impl Part {
    pub(crate) fn tokens(&self) -> TokenStream {
        stream(&self.trees)
    }
}

/// What stands between the commas of an expression, as people write it.
pub(crate) fn texts(tokens: TokenStream) -> Vec<String> {
    split_at_commas(tokens, Angles::InExpressions).iter().map(|part| text(&part.tokens())).collect()
}

/// Splits at the commas outside all brackets.
pub(crate) fn split_at_commas(tokens: TokenStream, angles: Angles) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut part = Part::default();
    let mut depth = 0_usize;
    let mut in_cast = false;
    for tree in tokens {
        let previous = part.trees.last();
        if let TokenTree::Punct(punct) = &tree {
            match punct.as_char() {
                ',' if depth == 0 => {
                    part.comma = Some(punct.clone());
                    parts.push(std::mem::take(&mut part));
                    in_cast = false;
                    continue;
                }
                '<' if depth > 0 || angles == Angles::InTypes || in_cast || !is_operand(previous) => depth += 1,
                '>' if !is_arrow_shaft(previous) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        in_cast = depth > 0 && in_cast || goes_on_with_cast(&tree, in_cast);
        part.trees.push(tree);
    }
    // A trailing comma ends the last part, and begins none.
    if !part.trees.is_empty() {
        parts.push(part);
    }
    parts
}

/// Whether the type behind an `as` goes on, in which `<` cannot compare: `n as fn(u8) -> Map<A, B>`.
fn goes_on_with_cast(tree: &TokenTree, in_cast: bool) -> bool {
    match tree {
        TokenTree::Ident(ident) if ident == "as" => true,
        TokenTree::Ident(_) => in_cast,
        TokenTree::Group(group) => in_cast && group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Punct(punct) => in_cast && matches!(punct.as_char(), ':' | '&' | '*' | '\'' | '-' | '>'),
        TokenTree::Literal(_) => false,
    }
}

/// Whether a `<` after this token compares or shifts.
fn is_operand(previous: Option<&TokenTree>) -> bool {
    match previous {
        Some(TokenTree::Punct(punct)) => {
            punct.as_char() == '?' || (punct.as_char() == '<' && punct.spacing() == Spacing::Joint)
        }
        previous => ends_operand(previous),
    }
}

/// Whether an expression may be over after this token.
pub(crate) fn ends_operand(tree: Option<&TokenTree>) -> bool {
    match tree {
        None => false,
        Some(TokenTree::Punct(punct)) => punct.as_char() == '?',
        Some(TokenTree::Ident(ident)) => !asks_for_more(ident),
        Some(_) => true,
    }
}

/// Keywords that no expression ends with.
fn asks_for_more(word: &Ident) -> bool {
    const KEYWORDS: [&str; 25] = [
        "as", "async", "break", "const", "continue", "dyn", "else", "fn", "for", "if", "impl", "in", "let", "loop",
        "match", "move", "mut", "raw", "ref", "return", "static", "unsafe", "where", "while", "yield",
    ];
    is_one_of(word, &KEYWORDS)
}

/// Whether a `>` after this token makes an arrow of it.
pub(crate) fn is_arrow_shaft(previous: Option<&TokenTree>) -> bool {
    (is_punct(previous, '-') || is_punct(previous, '=')) && previous.is_some_and(is_joint)
}
