//! `order = lowest`, `random`, `stable("key")`.

use proc_macro2::{Delimiter, Group, TokenTree};
use quote::quote;
use syn::Lit;

use super::{Given, Value};
use crate::errors::Mistake;
use crate::likeness::likeliest;
use crate::split::{Angles, split_at_commas, texts};
use crate::tokens::{is_one_of, is_punct, stream, text, unwrapped};

/// The words win over variables of the same name.
pub(crate) fn read(given: &Given) -> Result<Value, Mistake> {
    let trees = unwrapped(given.tokens.clone());
    match (&trees[..], &given.literal) {
        ([TokenTree::Ident(word)], _) if word == "lowest" || word == "random" => {
            Ok(Value::OfRuntime(quote!(Order::#word())))
        }
        ([TokenTree::Ident(word), TokenTree::Group(arguments)], _)
            if arguments.delimiter() == Delimiter::Parenthesis && (word == "lowest" || word == "random") =>
        {
            Err(given.mistake(format!("`{word}` takes nothing; write `order = {word}`")))
        }
        ([TokenTree::Ident(word), TokenTree::Group(key)], _)
            if word == "stable" && key.delimiter() == Delimiter::Parenthesis =>
        {
            if key.stream().is_empty() {
                return Err(given.mistake(STABLE));
            }
            check_key(given, key)?;
            Ok(Value::OfRuntime(quote!(Order::#word #key)))
        }
        ([TokenTree::Ident(word)], _) if word == "stable" => Err(given.mistake(STABLE)),
        // `stable = "key"`, `stable "key"`, `stable["key"]`
        ([TokenTree::Ident(word), key @ ..], _) if word == "stable" => {
            let key = match key {
                [TokenTree::Group(key)] => text(&key.stream()),
                key => text(&key.iter().filter(|tree| !is_punct(Some(tree), '=')).cloned().collect()),
            };
            Err(given.mistake(format!("the key of `stable` stands in parentheses; write `order = stable({key})`")))
        }
        (_, Some(Lit::Str(quoted))) => Err(given.mistake(match meant(&quoted.value()) {
            "stable" => STABLE.to_owned(),
            word => format!("the order is a word without quotes; write `order = {word}`"),
        })),
        (_, Some(_)) => Err(given.instead("an order", "random")),
        ([TokenTree::Group(list)], _) if list.delimiter() == Delimiter::Bracket => {
            Err(given.instead("an order", "random"))
        }
        // A constant would be upper-case.
        ([TokenTree::Ident(word)], _) if is_one_of(word, &["Lowest", "Random", "Stable"]) => Err(if word == "Stable" {
            given.mistake(STABLE)
        } else {
            given.instead("an order", meant(&word.to_string().to_lowercase()))
        }),
        _ => match given.word() {
            Some(word) if meant(&word) == "stable" => Err(given.mistake(STABLE)),
            Some(word) => Err(given.instead("an order", meant(&word))),
            None => given.is_there().and_then(|()| given.as_it_is()),
        },
    }
}

/// One key, of text or bytes.
fn check_key(given: &Given, key: &Group) -> Result<(), Mistake> {
    let parts = split_at_commas(key.stream(), Angles::InExpressions);
    let [key] = &parts[..] else {
        let keys = texts(key.stream());
        let fix = format!("write `order = stable(concat!({}))`", keys.join(", "));
        return Err(given.mistake(format!("`stable` takes one key; {fix}")));
    };
    match &key.trees[..] {
        [TokenTree::Ident(_), equals, key @ ..] if is_punct(Some(equals), '=') && !is_punct(key.first(), '=') => {
            let key = text(&stream(key));
            Err(given.mistake(format!("the key of `stable` has no name; write `order = stable({key})`")))
        }
        [TokenTree::Literal(number)]
            if matches!(Lit::new(number.clone()), Lit::Int(_) | Lit::Float(_) | Lit::Char(_)) =>
        {
            let key = number.to_string();
            Err(given.mistake(format!(
                "the key of `stable` is a text; write `order = stable(\"{}\")`",
                key.trim_matches('\'')
            )))
        }
        [TokenTree::Ident(word)] => {
            match given.word_of(word) {
                Some(word) => {
                    Err(given.mistake(format!("the key of `stable` is a text; write `order = stable(\"{word}\")`")))
                }
                None if word.to_string().starts_with("CARGO_") => Err(given
                    .mistake(format!("cargo sets `{word}` as a variable; write `order = stable(env!(\"{word}\"))`"))),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

const STABLE: &str =
    "`stable` needs a key that is the same each time; write `order = stable(env!(\"CARGO_MANIFEST_DIR\"))`";

fn meant(word: &str) -> &'static str {
    match word {
        "lowest" | "low" | "first" | "sequential" | "ascending" | "asc" | "sorted" | "linear" | "default" => "lowest",
        "hash" | "hashed" | "sticky" | "same" | "fixed" | "deterministic" => "stable",
        _ => likeliest(word, &["lowest", "random", "stable"]).unwrap_or("random"),
    }
}
