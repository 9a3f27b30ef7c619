//! Options that do nothing where they stand, or can only fail there: of no use to anybody, so that they are a
//! misunderstanding. Only what is sure is said; an expression may come to anything.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitInt;

use super::ports::excludes;
use super::row::Around;
use crate::tokens::{is_punct, text, unwrapped};

pub(crate) fn inherit(around: &Around) -> Option<String> {
    let names = names(around.ty);
    let nobody = ["ClientSocket", "TcpSocket", "ReservedPort"].into_iter().find(|name| names == [*name])?;
    Some(format!("nobody passes what could become a `{nobody}`; leave `inherit` out"))
}

/// A port in figures is there, and it is exact: what comes after it is not looked at.
pub(crate) fn port(around: &Around) -> Option<String> {
    let port = literal((around.holds)("port")?)?;
    if port > 0 {
        if let Some(array) = several(around.ty) {
            return Some(format!(
                "`port = {port}` is one port, and `{array}` wants different ones; write `range = 8000..9000`"
            ));
        }
    }
    let after = ["env", "portserver", "prefer", "range"].into_iter().find(|name| (around.beside)(name).is_some())?;
    Some(match (port, after) {
        (0, _) => format!("with port 0 the kernel chooses, and `{after}` is not looked at; leave `port` out"),
        (_, "prefer") => format!("`port` is exactly {port}, so `prefer` is not looked at; keep one of them"),
        _ => format!("`port` is exactly {port}, so `{after}` is not looked at; write `prefer = {port}`"),
    })
}

pub(crate) fn env(around: &Around) -> Option<String> {
    let array = several(around.ty)?;
    Some(format!("`env` names one port, and `{array}` wants different ones; write `range = 8000..9000`"))
}

pub(crate) fn order(around: &Around) -> Option<String> {
    if (around.holds)("range").is_some() || (around.holds)("request").is_some() {
        return None;
    }
    Some("`order` is that of a range, and there is none; add `range = 8000..9000`".to_owned())
}

pub(crate) fn except(around: &Around) -> Option<String> {
    let excepted = (around.holds)("except")?;
    let wanted = |name| literal((around.beside)(name)?).filter(|port| *port > 0 && excludes(excepted, *port));
    let (name, port) = ["port", "prefer"].into_iter().find_map(|name| Some((name, wanted(name)?)))?;
    Some(format!("port {port} is excepted here, and asked for by `{name}`; keep one of them"))
}

/// Only a listener has connections that wait.
pub(crate) fn backlog(around: &Around) -> Option<String> {
    let names = names(around.ty);
    let waits = |name: &String| !["UdpSocket", "ClientSocket", "TcpSocket", "Async", "DualStack"].contains(&&**name);
    if names.is_empty() || names.iter().any(waits) {
        return None;
    }
    Some("`backlog` is about connections that wait for a listener, and this is none; leave it out".to_owned())
}

/// What a runtime wakes up does not block.
pub(crate) fn timeout(around: &Around) -> Option<String> {
    let ty = text(around.ty);
    let first = ty.trim_start_matches("::").split(['<', ':']).next()?;
    let instead = match first {
        "tokio" => "wrap the call in `tokio::time::timeout`",
        "async_io" | "Async" => "race the call against `async_io::Timer::after`",
        "mio" => "give `mio::Poll::poll` a timeout",
        _ => return None,
    };
    Some(format!("`timeout` is for blocking calls, and `{ty}` has none; leave it out, and {instead}"))
}

/// A number, where it is one in figures.
fn literal(value: &str) -> Option<u16> {
    syn::parse_str::<LitInt>(value).ok()?.base10_parse().ok()
}

/// The names of the types in a type, without the modules that they are in.
fn names(ty: &TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    for tree in ty.clone() {
        match tree {
            TokenTree::Group(group) => names.extend(self::names(&group.stream())),
            TokenTree::Ident(name) if name.to_string().starts_with(char::is_uppercase) => names.push(name.to_string()),
            _ => {}
        }
    }
    names
}

/// The text of an array of more than one.
fn several(ty: &TokenStream) -> Option<String> {
    let [TokenTree::Group(array)] = &unwrapped(ty.clone())[..] else { return None };
    if array.delimiter() != Delimiter::Bracket {
        return None;
    }
    let inside: Vec<TokenTree> = array.stream().into_iter().collect();
    let [.., semicolon, length] = &inside[..] else { return None };
    let is_several = is_punct(Some(semicolon), ';') && literal(&length.to_string()).is_some_and(|length| length > 1);
    is_several.then(|| text(ty))
}
