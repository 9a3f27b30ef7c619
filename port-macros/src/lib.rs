//! The attribute `#[with_free_port]`. Use it through the crate `port-runtime`.
//!
//! This crate knows syntax and no sockets. One file per stage: `item`, `function` and `args` read what was written (a row
//! of `options` for each option, a reader in `value` for what it takes), `plan` decides, `check` finds what is wrong with
//! the decision, and then either `expand` writes the function, or `fallback` writes one that carries the mistakes and
//! breaks nothing else. Only signatures are looked into, and syn's own types for them are not needed for that: without
//! them, syn compiles in half the time.

mod args;
mod attribute;
mod body;
mod check;
mod errors;
mod expand;
mod fallback;
mod function;
mod item;
mod likeness;
mod nameless;
mod options;
mod output;
mod parameter;
mod plan;
mod slips;
mod split;
mod tokens;
mod unknown;
mod value;

#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream, TokenTree};

use crate::args::Args;
use crate::errors::Errors;
use crate::item::Item;
use crate::plan::Plan;
use crate::value::Scope;

/// Fills parameters of a function with sockets that are already bound.
#[proc_macro_attribute]
pub fn with_free_port(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    rewrite(&arguments.into(), item.into()).into()
}

fn rewrite(arguments: &TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let function = match Item::read(item) {
        Item::Function(function) => function,
        Item::Other { kind, keyword, tokens } => {
            check::not_a_function(kind, &keyword, &mut errors);
            return fallback::beside_item(tokens, kind, &errors);
        }
        Item::Unreadable { place, tokens } => {
            check::not_readable(place, &mut errors);
            return fallback::beside_function(tokens, &errors);
        }
        Item::RefusedByRustc(tokens) => return tokens,
    };
    let scope = Scope::new(&function.parameters);
    let args = if is_key_value(arguments) {
        Args::default() // of which rustc has told
    } else {
        Args::read(arguments, &scope, &mut errors)
    };
    let plan = Plan::new(args, *function, &scope, &mut errors);
    check::all(&plan, &mut errors);
    match errors.is_empty() {
        true if plan.is_refused() => fallback::refused(&plan),
        true => expand::function(&plan),
        false => fallback::function(&plan, &errors),
    }
}

/// `#[with_free_port = 8080]`, which rustc refuses, and hands over as if it were `(8080)`.
fn is_key_value(arguments: &TokenStream) -> bool {
    let mut trees = arguments.clone().into_iter();
    let (Some(TokenTree::Literal(_)), None) = (trees.next(), trees.next()) else {
        return false;
    };
    let attribute = Span::call_site().source_text();
    let inside = attribute.as_deref().and_then(|text| text.strip_prefix("#["));
    inside.and_then(|text| text.find(['(', '[', '{', '=']).map(|index| text[index..].starts_with('='))) == Some(true)
}
