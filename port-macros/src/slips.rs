//! Slips of punctuation: commas, equals signs and parentheses that are missing, or others than they should be.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::errors::Mistake;
use crate::options;
use crate::split::ends_operand;
use crate::tokens::{is_joint, is_punct, stream, text};
use crate::value::row::Takes;
use crate::value::{Given, Scope};

/// `range = 8000; 9000`, where a `;` stands between values, as a comma would.
pub(crate) fn split_values(part: Vec<TokenTree>) -> Vec<Vec<TokenTree>> {
    let is_between = |index: &usize| {
        is_punct(part.get(*index), ';')
            && [index - 1, index + 1].iter().all(|side| matches!(part.get(*side), Some(TokenTree::Literal(_))))
    };
    match (1..part.len()).find(is_between) {
        Some(index) => vec![part[..index].to_vec(), part[index + 1..].to_vec()],
        None => vec![part],
    }
}

/// `=`, or what people write for it, and what follows.
pub(crate) fn take_sign(trees: &[TokenTree]) -> (&'static str, &[TokenTree]) {
    let sign = |index: usize, sign| is_punct(trees.get(index), sign);
    match trees {
        [] => ("", trees),
        _ if sign(0, '=') && sign(1, '=') && is_joint(&trees[0]) => ("==", &trees[2..]),
        _ if sign(0, '=') && sign(1, '>') && is_joint(&trees[0]) => ("=>", &trees[2..]),
        _ if sign(0, ':') && sign(1, '=') => (":=", &trees[2..]),
        _ if sign(0, '=') => ("=", &trees[1..]),
        _ if sign(0, ':') && !sign(1, ':') => (":", &trees[1..]),
        _ => ("", trees),
    }
}

/// What people write for a comma. In front of a value `and` is something else.
pub(crate) fn is_separator(trees: &[TokenTree]) -> bool {
    is_punct(trees.first(), ';') || matches!(trees, [TokenTree::Ident(word), TokenTree::Ident(_), ..] if word == "and")
}

/// Where an option ends for want of a comma: at a `;`, and where another one begins right behind a value.
pub(crate) fn end_of_option(trees: &[TokenTree]) -> usize {
    let begins_option = |index: &usize| {
        let TokenTree::Ident(word) = &trees[*index] else {
            return is_separator(&trees[*index..]);
        };
        let (sign, value) = take_sign(&trees[index + 1..]);
        let is_bare = value.is_empty()
            && options::row(&word.to_string()).is_some_and(|row| !matches!(row.takes, Takes::Always(_)));
        ends_operand(trees.get(index - 1)) && (sign == "=" || is_bare || is_separator(&trees[*index..]))
    };
    (1..trees.len()).find(begins_option).unwrap_or(trees.len())
}

/// The value in `inherit("http")`, `range 8000..9000` and `prefer.port = 8080`, or nothing.
pub(crate) fn called(sign: &str, rest: &[TokenTree]) -> TokenStream {
    let equals = rest.iter().position(|tree| is_punct(Some(tree), '='));
    let value = match (rest, equals) {
        ([TokenTree::Group(group)], _) if group.delimiter() == Delimiter::Parenthesis => {
            let inside = group.stream();
            let is_list = inside.clone().into_iter().any(|tree| is_punct(Some(&tree), ','));
            return if is_list { TokenTree::Group(group.clone()).into() } else { inside };
        }
        ([TokenTree::Punct(_), ..], None) if sign.is_empty() => &[],
        ([TokenTree::Punct(_), ..], Some(equals)) if sign.is_empty() => &rest[equals + 1..],
        _ => &rest[sign.len()..],
    };
    stream(value)
}

/// `range = 8000`, behind which another number does not begin an option.
pub(crate) fn has_literal_value(trees: &[TokenTree]) -> bool {
    matches!(trees, [TokenTree::Ident(name), equals, ..]
        if is_punct(Some(equals), '=') && options::row(&name.to_string()).is_some() && end_of_option(trees) == trees.len())
}

pub(crate) fn is_bare_value(trees: &[TokenTree]) -> bool {
    let is_range = trees.windows(2).any(|pair| is_punct(pair.first(), '.') && is_punct(pair.get(1), '.'));
    matches!(trees.first(), Some(TokenTree::Literal(_))) && (trees.len() == 1 || is_range)
}

/// What to say to `range = 8000, 9000`.
pub(crate) fn several_values(option: &[TokenTree], others: &[Vec<TokenTree>], scope: &Scope) -> Mistake {
    let mut values = vec![stream(&option[2..])];
    for value in others {
        values.push(stream(value));
    }
    let all = quote!(#(#values),*);
    let row = option.first().and_then(|name| options::row(&name.to_string())).expect("it has a name");
    let texts: Vec<_> = values.iter().map(text).collect();
    if let ("range", [first, last]) = (row.name, &texts[..]) {
        if !first.contains("..") && !last.contains("..") {
            return Mistake::at(
                &all,
                format!(
                    "a range has two dots in the middle; write `range = {first}..{last}`, or `range = [{first}, {last}]`"
                ),
            );
        }
    }
    match row.takes {
        Takes::Always(read) | Takes::Perhaps(read) => {
            let list = quote!([#all]);
            match read(&Given::new(row, &list, scope)) {
                Err(mistake) => Mistake::at(&all, mistake.message()),
                Ok(_) if matches!(row.name, "range" | "except") => Mistake::at(
                    &all,
                    format!("several ports stand in brackets; write `{} = [{}]`", row.name, texts.join(", ")),
                ),
                Ok(_) => {
                    Mistake::at(&all, format!("`{}` takes one value; write `{} = {}`", row.name, row.name, texts[0]))
                }
            }
        }
        Takes::Nothing => Mistake::at(&all, format!("`{}` takes no value; write it alone", row.name)),
    }
}
