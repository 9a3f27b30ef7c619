//! Return types: which of them can hold an error, and how to write those that have no name.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::split::{Angles, is_arrow_shaft, split_at_commas};
use crate::tokens::{is_one_of, is_punct, map, mentions, stream};

/// Whether the type is that of a function which `#[async_trait]` has rewritten, and only that: its lifetime is telling.
pub(crate) fn is_of_async_trait(output: &[TokenTree]) -> bool {
    output.windows(2).any(|pair| {
        is_punct(pair.first(), '\'') && matches!(&pair[1], TokenTree::Ident(lifetime) if lifetime == "async_trait")
    })
}

/// Whether it is worth asking rustc. Where it is not, a `return` would not compile:
///
/// - in place of `impl Trait` the body puts a type that is no `Result` we could make, and for an error of that kind
///   nobody says which conversion is meant;
/// - some macros move the body of a function that returns nothing into a closure that returns something
///   (`#[property_test]`, <https://docs.rs/proptest-macro>);
/// - some put another type in place of `_` (rocket's `#[launch]`);
/// - what has no size is refused by rustc already.
pub(crate) fn can_hold_error(output: &[TokenTree]) -> bool {
    let mut trees = output.to_vec();
    while let [TokenTree::Group(group)] = &trees[..] {
        match group.delimiter() {
            Delimiter::None => {}
            // `(impl Trait)` is no tuple.
            Delimiter::Parenthesis if !has_comma(&group.stream()) => {}
            _ => break,
        }
        trees = group.stream().into_iter().collect();
    }
    match trees.first() {
        None => false,
        Some(TokenTree::Ident(word)) if is_one_of(word, &["impl", "_", "dyn", "str"]) => false,
        Some(TokenTree::Punct(punct)) if punct.as_char() == '!' => false,
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            group.stream().into_iter().any(|tree| is_punct(Some(&tree), ';'))
        }
        Some(_) => last_of_several_arguments(&trees).is_none_or(|error| can_be_error(&error)),
    }
}

/// Where it cannot, rustc has told of it, but for `impl`.
fn can_be_error(error: &TokenStream) -> bool {
    !mentions(error, "impl")
        && !matches!(error.clone().into_iter().next(), Some(TokenTree::Ident(word)) if word == "dyn" || word == "_")
}

fn has_comma(tokens: &TokenStream) -> bool {
    split_at_commas(tokens.clone(), Angles::InTypes).iter().any(|part| part.comma.is_some())
}

/// `E` of `Result<T, E>`, and of whatever else may be an alias of it.
fn last_of_several_arguments(output: &[TokenTree]) -> Option<TokenStream> {
    let open = output.iter().position(|tree| is_punct(Some(tree), '<')).filter(|open| *open > 0)?;
    let (close, inside) = output[open + 1..].split_last()?;
    if !is_punct(Some(close), '>') {
        return None;
    }
    let arguments = split_at_commas(stream(inside), Angles::InTypes);
    let mut types = arguments.iter().rev().filter(|argument| !is_punct(argument.trees.first(), '\''));
    let last = types.next()?;
    types.next().map(|_| last.tokens())
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
pub(crate) fn future_output(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let is_output = |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if ident == "Output");
    let after_equals = tokens.into_iter().skip_while(|tree| !is_output(tree)).skip(2);
    next_type(&mut after_equals.peekable())
}

/// Takes the tokens up to a comma or a closing `>`.
fn next_type(trees: &mut Peekable<impl Iterator<Item = TokenTree>>) -> Vec<TokenTree> {
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
    taken
}
