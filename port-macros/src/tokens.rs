//! What must be known about raw tokens: nothing here understands more Rust than brackets.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};

/// The place of the first token, in the context of whoever wrote it.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or_else(Span::call_site, |tree| tree.span())
}

/// The tokens, without the groups in which `macro_rules!` wraps what it inserts as a whole.
pub(crate) fn unwrapped(tokens: TokenStream) -> Vec<TokenTree> {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    while let [TokenTree::Group(group)] = &trees[..] {
        if group.delimiter() != Delimiter::None {
            break;
        }
        trees = group.stream().into_iter().collect();
    }
    trees
}

/// A part of some tokens.
pub(crate) fn stream(trees: &[TokenTree]) -> TokenStream {
    trees.iter().cloned().collect()
}

pub(crate) fn is_punct(tree: Option<&TokenTree>, sign: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Whether one of these signs stands there, outside all brackets.
pub(crate) fn has_sign(trees: &[TokenTree], signs: &[char]) -> bool {
    trees.iter().any(|tree| matches!(tree, TokenTree::Punct(punct) if signs.contains(&punct.as_char())))
}

/// The tokens as someone would type them: the compiler's own text has a space between all of them.
pub(crate) fn text(tokens: &TokenStream) -> String {
    let mut text = String::new();
    for tree in tokens.clone() {
        let next = match &tree {
            TokenTree::Group(group) => match (group.delimiter(), self::text(&group.stream())) {
                (Delimiter::Parenthesis, inner) => format!("({inner})"),
                (Delimiter::Bracket, inner) => format!("[{inner}]"),
                (Delimiter::Brace, inner) => format!("{{ {inner} }}"),
                (Delimiter::None, inner) => inner,
            },
            other => other.to_string(),
        };
        let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '"');
        let is_sign =
            |letter: char| letter.is_ascii_punctuation() && !matches!(letter, '"' | '\'' | ')' | ']' | '}' | '_');
        let is_equals = next == "=" && !text.ends_with(is_sign) && !is_joint(&tree);
        if text.ends_with([',', ';']) || text.ends_with(is_word) && next.starts_with(is_word) || is_equals {
            text.push(' ');
        }
        text.push_str(&next);
        if is_equals {
            text.push(' ');
        }
    }
    text
}

/// Whether the next token makes one sign with it.
pub(crate) fn is_joint(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}

/// Whether the word occurs at any depth.
pub(crate) fn mentions(tokens: &TokenStream, word: &str) -> bool {
    mentions_any(tokens, &[word])
}

/// Whether one of the words does.
pub(crate) fn mentions_any(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => is_one_of(&ident, words),
        TokenTree::Group(group) => mentions_any(&group.stream(), words),
        _ => false,
    })
}

/// Whether a word is one of these. Each comparison with an `Ident` would ask the compiler how it is spelled.
pub(crate) fn is_one_of(word: &Ident, words: &[&str]) -> bool {
    words.contains(&word.to_string().as_str())
}

/// Rewrites what is inside a group; the brackets keep their place.
pub(crate) fn map(group: &Group, rewrite: impl FnOnce(TokenStream) -> TokenStream) -> Group {
    let mut mapped = Group::new(group.delimiter(), rewrite(group.stream()));
    mapped.set_span(group.span());
    mapped
}
