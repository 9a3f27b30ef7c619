//! What must be known about raw tokens: nothing here understands more Rust than brackets, commas and `impl`.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};

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
    /// In parameters, everywhere.
    InTypes,
    /// In expressions, only where a path may begin or after `::`.
    InExpressions,
}

/// Splits at the commas outside all brackets.
pub(crate) fn split_at_commas(tokens: TokenStream, angles: Angles) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut depth = 0_usize;
    let mut previous: Option<TokenTree> = None;
    for tree in tokens {
        if let TokenTree::Punct(punct) = &tree {
            match punct.as_char() {
                ',' if depth == 0 => {
                    parts.push(TokenStream::new());
                    previous = None;
                    continue;
                }
                '<' if depth > 0 || angles == Angles::InTypes || !is_operand(previous.as_ref()) => depth += 1,
                '>' if !is_arrow_shaft(previous.as_ref()) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        parts.last_mut().expect("begins with one part").extend([tree.clone()]);
        previous = Some(tree);
    }
    // A trailing comma ends the last part, and begins none.
    if parts.last().is_some_and(TokenStream::is_empty) {
        parts.pop();
    }
    parts
}

/// Whether a `<` after this token compares or shifts.
fn is_operand(previous: Option<&TokenTree>) -> bool {
    match previous {
        None => false,
        Some(TokenTree::Punct(punct)) => {
            punct.as_char() == '?' || (punct.as_char() == '<' && punct.spacing() == Spacing::Joint)
        }
        Some(TokenTree::Ident(ident)) => !["if", "match", "return"].iter().any(|word| ident == word),
        Some(_) => true,
    }
}

fn is_arrow_shaft(previous: Option<&TokenTree>) -> bool {
    matches!(previous, Some(TokenTree::Punct(punct))
        if matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint)
}

/// Writes every `impl Trait` of a type as `_`, since such a type has no name inside the function.
///
/// Input:  `Result<impl Iterator<Item = u8> + 'a, Error>`
/// Output: `Result<_, Error>`
pub(crate) fn infer_impl(tokens: TokenStream) -> TokenStream {
    let mut output = Vec::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        output.push(match tree {
            TokenTree::Ident(ident) if ident == "impl" => {
                next_type(&mut trees);
                TokenTree::Ident(Ident::new("_", ident.span()))
            }
            TokenTree::Group(group) => TokenTree::Group(map(&group, infer_impl)),
            other => other,
        });
    }
    output.into_iter().collect()
}

/// Input:  `Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'async_trait>>`
/// Output: `io::Result<()>`
pub(crate) fn future_output(tokens: TokenStream) -> TokenStream {
    let is_output = |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if ident == "Output");
    let after_equals = tokens.into_iter().skip_while(|tree| !is_output(tree)).skip(2);
    next_type(&mut after_equals.peekable())
}

/// Takes the tokens up to a comma or a closing `>`.
fn next_type(trees: &mut Peekable<impl Iterator<Item = TokenTree>>) -> TokenStream {
    let mut depth = 0_usize;
    let mut taken: Vec<TokenTree> = Vec::new();
    while let Some(tree) = trees.peek() {
        if let TokenTree::Punct(punct) = tree {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if is_arrow_shaft(taken.last()) => {}
                ',' | '>' if depth == 0 => break,
                '>' => depth -= 1,
                _ => {}
            }
        }
        taken.extend(trees.next());
    }
    taken.into_iter().collect()
}

/// The place of the first token, in the context of whoever wrote it.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or_else(Span::call_site, |tree| tree.span())
}

/// Takes the mark `#[free_port]` out of an item, at every depth.
///
/// Input:  `impl Server { fn start(#[free_port] listener: TcpListener) {} }`
/// Output: `impl Server { fn start(listener: TcpListener) {} }`
pub(crate) fn without_marks(tokens: TokenStream) -> TokenStream {
    let mut output = Vec::new();
    for tree in tokens {
        let TokenTree::Group(group) = tree else {
            output.push(tree);
            continue;
        };
        let after_pound = matches!(output.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        if after_pound && begins_with(&group, "free_port") {
            output.pop();
        } else {
            output.push(TokenTree::Group(map(&group, without_marks)));
        }
    }
    output.into_iter().collect()
}

fn begins_with(group: &Group, word: &str) -> bool {
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == word)
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
        if text.ends_with(',') || text.ends_with(is_word) && next.starts_with(is_word) {
            text.push(' ');
        }
        text.push_str(&next);
    }
    text
}

/// Whether the word occurs at any depth.
pub(crate) fn mentions(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(&group.stream(), word),
        _ => false,
    })
}

/// Rewrites what is inside a group; the brackets keep their place.
pub(crate) fn map(group: &Group, rewrite: impl FnOnce(TokenStream) -> TokenStream) -> Group {
    let mut mapped = Group::new(group.delimiter(), rewrite(group.stream()));
    mapped.set_span(group.span());
    mapped
}
