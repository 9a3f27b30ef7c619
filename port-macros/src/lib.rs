//! The attribute `#[with_free_port]`. Use it through the crate `port-runtime`.
//!
//! This crate knows syntax and no sockets. One file per stage: `function` and `args` read what was written, `plan`
//! decides, `check` finds what is wrong with the decision, and then either `expand` writes the function, or `fallback`
//! writes one that carries the mistakes and breaks nothing else. Only signatures are looked into, and syn's own types
//! for them are not needed for that: without them, syn compiles in half the time.

mod args;
mod attribute;
mod check;
mod errors;
mod expand;
mod fallback;
mod function;
mod parameter;
mod plan;
mod tokens;
mod value;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::args::Args;
use crate::errors::Errors;
use crate::function::Item;
use crate::plan::Plan;

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
            return fallback::beside_item(tokens, &errors.messages());
        }
        // Expressions, statements, `mod x;`: rustc refuses the attribute there by itself.
        Item::Unknown(tokens) => return tokens,
    };
    let args = Args::read(arguments, &mut errors);
    let plan = Plan::new(args, *function, &mut errors);
    check::all(&plan, &mut errors);
    match errors.messages() {
        messages if messages.is_empty() => expand::function(&plan),
        messages => fallback::function(&plan, &messages),
    }
}
