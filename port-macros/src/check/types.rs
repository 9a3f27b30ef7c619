//! Rules about the types of filled parameters, as far as spelling goes; rustc has the last word.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Token;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::plan::{Fill, Plan};
use crate::split::{Angles, split_at_commas};
use crate::tokens::{is_punct, mentions, text, unwrapped};

/// Nobody chooses a type that is not written, no value has a type without a size, and a tuple has up to four members.
pub(super) fn can_be_made(fill: &Fill, errors: &mut Errors) {
    let ty = &fill.ty;
    let trees = unwrapped(ty.clone());
    let example = "write a type, for instance `std::net::TcpListener`";
    if mentions(ty, "impl") {
        return errors.at(ty, format!("`impl Trait` does not say what to bind; {example}"));
    }
    match trees.first() {
        Some(TokenTree::Ident(word)) if word == "_" => errors.at(ty, format!("`_` does not say what to bind; {example}")),
        Some(TokenTree::Ident(word)) if word == "dyn" || word == "str" => {
            errors.at(ty, format!("`{}` does not say what to bind; {example}", text(ty)));
        }
        Some(TokenTree::Group(group)) if trees.len() == 1 => match group.delimiter() {
            Delimiter::Bracket if !has_length(&group.stream()) => {
                let member = text(&group.stream());
                errors.at(ty, format!("a slice does not say how many; write an array, for instance `[{member}; 2]`"));
            }
            Delimiter::Parenthesis => check_tuple(ty, group.stream(), errors),
            _ => {}
        },
        _ => {}
    }
}

fn has_length(inside: &TokenStream) -> bool {
    inside.clone().into_iter().any(|tree| is_punct(Some(&tree), ';'))
}

fn check_tuple(ty: &TokenStream, inside: TokenStream, errors: &mut Errors) {
    match split_at_commas(inside, Angles::InTypes).len() {
        0 => errors.at(ty, "`()` holds no socket; write a type, for instance `std::net::TcpListener`"),
        1..=4 => {}
        _ => errors.at(ty, "a tuple is for up to four sockets on one port number; for different ports write an array, or several parameters"),
    }
}

/// What is filled is made from nothing: there is no owner to borrow from.
///
/// A reference to a socket was meant to be one. Any other most likely comes from the caller, and says so once for all.
pub(super) fn owned_by_the_function(plan: &Plan, errors: &mut Errors) {
    let mut passed = None;
    for fill in &plan.filled {
        let Ok(owned) = without_reference.parse2(fill.ty.clone()) else {
            continue;
        };
        let is_marked = fill.attributes.iter().any(|attribute| attribute.is_mark());
        if is_socket(&owned) {
            let owned = text(&owned);
            errors.at(&fill.ty, format!("a filled parameter owns its socket, so it cannot be a reference; write `{owned}`"));
        } else if is_marked {
            let name = text(&fill.pattern);
            errors.at(&fill.ty, format!("what is filled cannot be a reference; remove `#[free_port]` if the caller passes `{name}`, or write `{}`", text(&owned)));
        } else {
            passed.get_or_insert(fill);
        }
    }
    let Some(passed) = passed else { return };
    let other = plan.filled.iter().find(|fill| without_reference.parse2(fill.ty.clone()).is_err());
    let is_marked = |fill: &Fill| fill.attributes.iter().any(|attribute| attribute.is_mark());
    let example = other.map_or("listener: std::net::TcpListener", |fill| &fill.text);
    let fix = if other.is_some_and(|other| !is_marked(other)) { "mark the one to fill" } else { "add one to fill" };
    errors.at(&passed.ty, format!("`{}` comes from the caller, since a reference cannot be filled; {fix}: `#[free_port] {example}`", passed.text));
}

/// Whether the last name of a type is that of a socket, or all members of a tuple or an array are some.
fn is_socket(ty: &TokenStream) -> bool {
    const SOCKETS: [&str; 7] =
        ["TcpListener", "UdpSocket", "TcpSocket", "ClientSocket", "ReservedPort", "DualStack", "Async"];
    SOCKETS.iter().any(|socket| mentions(ty, socket))
}

/// Fails where there is none.
fn without_reference(input: ParseStream) -> syn::Result<TokenStream> {
    input.parse::<Token![&]>()?;
    input.parse::<Option<syn::Lifetime>>()?;
    input.parse::<Option<Token![mut]>>()?;
    input.parse()
}
