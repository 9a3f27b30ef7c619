//! Rules about the types of filled parameters, as far as spelling goes; rustc has the last word.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Token;
use syn::parse::{ParseStream, Parser};

use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::parameter::is_socket;
use crate::plan::{Fill, Plan};
use crate::split::{Angles, split_at_commas};
use crate::tokens::{is_punct, mentions, text, unwrapped};

/// Nobody chooses a type that is not written, no value has a type without a size, and a tuple has up to four members.
pub(super) fn can_be_made(fill: &Fill, errors: &mut Errors) {
    let ty = &fill.ty;
    let example = "write a type, for instance `std::net::TcpListener`";
    if fill.type_text.contains("impl") && mentions(ty, "impl") {
        return errors.at(ty, format!("`impl Trait` does not say what to bind; {example}"));
    }
    if let Some((wrapper, socket)) = wrapped(&fill.type_text) {
        return errors.at(
            ty,
            if wrapper == "Vec" {
                format!("a `Vec` does not say how many; write an array, for instance `[{socket}; 2]`")
            } else {
                format!("what is filled is the socket itself; write `{socket}`, and make the `{wrapper}` in the body")
            },
        );
    }
    let first_word = fill.type_text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
    match first_word {
        Some("_") => errors.at(ty, format!("`_` does not say what to bind; {example}")),
        Some("dyn" | "str") => errors.at(ty, format!("`{}` does not say what to bind; {example}", fill.type_text)),
        Some("") => check_brackets(ty, errors),
        _ => {}
    }
}

fn check_brackets(ty: &TokenStream, errors: &mut Errors) {
    let [TokenTree::Group(group)] = &unwrapped(ty.clone())[..] else { return };
    match group.delimiter() {
        Delimiter::Bracket if !has_length(&group.stream()) => {
            let member = text(&group.stream());
            errors.at(ty, format!("a slice does not say how many; write an array, for instance `[{member}; 2]`"));
        }
        Delimiter::Parenthesis => check_tuple(ty, group.stream(), errors),
        _ => {}
    }
}

/// `Arc<TcpListener>`: what std wraps around a socket, for which nobody can implement a trait of ours, and the socket.
fn wrapped(ty: &str) -> Option<(String, String)> {
    const WRAPPERS: [&str; 9] = ["Vec", "Option", "Result", "Box", "Arc", "Rc", "Mutex", "RwLock", "RefCell"];
    let (path, inside) = ty.strip_suffix('>')?.split_once('<')?;
    let wrapper = path.rsplit("::").next().filter(|name| WRAPPERS.contains(name))?;
    let first = split_at_commas(inside.parse().ok()?, Angles::InTypes).into_iter().next()?.tokens();
    let text = text(&first);
    let socket = wrapped(&text).map_or(text, |(_, socket)| socket);
    (is_socket(&first) && !mentions(&first, "dyn")).then(|| (wrapper.to_owned(), socket))
}

fn has_length(inside: &TokenStream) -> bool {
    inside.clone().into_iter().any(|tree| is_punct(Some(&tree), ';'))
}

fn check_tuple(ty: &TokenStream, inside: TokenStream, errors: &mut Errors) {
    match split_at_commas(inside, Angles::InTypes).len() {
        0 => errors.at(ty, "`()` holds no socket; write a type, for instance `std::net::TcpListener`"),
        1..=4 => {}
        _ => errors.at(
            ty,
            "a tuple is for up to four sockets on one port number; for different ports write an array, \
             or several parameters",
        ),
    }
}

/// What is filled is made from nothing: there is no owner to borrow from.
///
/// A reference to a socket was meant to be one. Any other most likely comes from the caller, and says so once for all.
pub(super) fn owned_by_the_function(plan: &Plan, errors: &mut Errors) {
    let mut passed = None;
    for fill in &plan.filled {
        let Some(owned) = without_references(fill) else {
            continue;
        };
        if is_socket(&owned) {
            let owned = with_length(&owned);
            errors.at(
                &fill.ty,
                format!("a filled parameter owns its socket, so it cannot be a reference; write `{owned}`"),
            );
        } else if is_marked(fill) {
            let name = text(&fill.pattern);
            let or_owned = if is_std(&owned) { String::new() } else { format!(", or write `{}`", text(&owned)) };
            let fix = format!("remove `#[free_port]` if the caller passes `{name}`{or_owned}");
            errors.at(&fill.ty, format!("what is filled cannot be a reference; {fix}"));
        } else {
            passed.get_or_insert((fill, owned));
        }
    }
    let Some((passed, owned)) = passed else { return };
    let is_owned = |fill: &&Fill| without_references(fill).is_none();
    let other = plan.filled.iter().find(|fill| is_socket(&fill.ty)).or_else(|| plan.filled.iter().find(is_owned));
    let may_be_harness = text(&owned).starts_with(char::is_alphabetic) && !mentions(&owned, "dyn") && !is_std(&owned);
    errors.at(
        &passed.ty,
        match other {
            Some(other) => {
                format!(
                    "`{}` comes from the caller, since a reference cannot be filled; mark the one to fill: \
                     `#[free_port] {}: {}`",
                    passed.text,
                    text(&other.pattern),
                    without_references(other).map_or_else(|| other.type_text.clone(), |owned| text(&owned))
                )
            }
            None if may_be_harness => format!(
                "a filled parameter cannot be a reference; write `{}: {}`, or add one to fill if the caller \
                 passes this: `#[free_port] {EXAMPLE}`",
                text(&passed.pattern),
                text(&owned)
            ),
            None => format!(
                "`{}` comes from the caller, since a reference cannot be filled; add one to fill: \
                 `#[free_port] {EXAMPLE}`",
                passed.text
            ),
        },
    );
}

/// A plain value beside a socket comes from the caller, and a number alone is a port that somebody else can take.
pub(super) fn no_plain_value(plan: &Plan, errors: &mut Errors) {
    const PORTS: [&str; 6] = ["u16", "u32", "u64", "usize", "i32", "i64"];
    const OTHERS: [&str; 10] = ["u8", "u128", "i8", "i16", "i128", "isize", "bool", "char", "f32", "f64"];
    let is_port = |fill: &Fill| PORTS.contains(&fill.type_text.as_str());
    let is_other = |fill: &Fill| OTHERS.contains(&fill.type_text.as_str());
    let is_told = |fill: &Fill| without_references(fill).is_some_and(|owned| !is_socket(&owned));
    if plan.filled.iter().any(is_told) || plan.function.body.is_none() {
        return;
    }
    if let Some(passed) = plan.filled.iter().find(|fill| !is_marked(fill) && (is_port(fill) || is_other(fill))) {
        if let Some(socket) = plan.filled.iter().find(|fill| is_socket(&fill.ty)) {
            let fix = format!("mark the one to fill: `#[free_port] {}`", socket.text);
            return errors
                .at(&passed.ty, format!("`{}` is no socket, so it comes from the caller; {fix}", passed.text));
        }
    }
    for fill in plan.filled.iter().filter(|fill| is_port(fill)) {
        let (ty, name) = (&fill.type_text, text(&fill.pattern));
        errors.at(
            &fill.ty,
            format!(
                "a bare `{ty}` is a port that somebody else can take; write `{name}: port_runtime::ReservedPort`, \
                 and `{name}.port()` for the number"
            ),
        );
    }
}

const EXAMPLE: &str = "listener: std::net::TcpListener";

fn is_marked(fill: &Fill) -> bool {
    fill.attributes.iter().any(Attribute::is_mark)
}

/// What nobody implements a trait of ours for.
fn is_std(ty: &TokenStream) -> bool {
    let text = text(ty);
    let name = text.split('<').next().unwrap_or_default().rsplit("::").next().unwrap_or_default();
    name.starts_with(char::is_lowercase)
        || ["String", "Vec", "Option", "Path", "PathBuf", "SocketAddr", "IpAddr"].contains(&name)
}

/// `[T; 2]` for a slice.
fn with_length(owned: &TokenStream) -> String {
    match &unwrapped(owned.clone())[..] {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket && !has_length(&group.stream()) => {
            format!("[{}; 2]", text(&group.stream()))
        }
        _ => text(owned),
    }
}

/// The type without all `&` and `*mut` in front, where there is one.
fn without_references(fill: &Fill) -> Option<TokenStream> {
    // Most have none, and need not be parsed.
    fill.type_text.starts_with(['&', '*']).then(|| owned(&fill.ty))?
}

fn owned(ty: &TokenStream) -> Option<TokenStream> {
    let without_reference = |input: ParseStream| {
        if input.parse::<Option<Token![*]>>()?.is_some() {
            input.parse::<Option<Token![const]>>()?;
        } else {
            input.parse::<Token![&]>()?;
            input.parse::<Option<syn::Lifetime>>()?;
        }
        input.parse::<Option<Token![mut]>>()?;
        input.parse::<TokenStream>()
    };
    let owned = without_reference.parse2(ty.clone()).ok()?;
    Some(self::owned(&owned).unwrap_or(owned))
}
