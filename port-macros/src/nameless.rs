//! What to say to a value that stands without the name of its option.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Lit, LitStr};

use crate::options;
use crate::slips::take_sign;
use crate::split::{Angles, split_at_commas};
use crate::tokens::{is_punct, stream, text};
use crate::value::duration;
use crate::value::host::{looks_like_ipv4, two_options};
use crate::value::ports::{list_of, range_of};

/// What to say to `#[with_free_port(8080)]`.
pub(crate) fn without_name(value: &TokenStream) -> String {
    let typed = text(value);
    let trees: Vec<TokenTree> = value.clone().into_iter().collect();
    if let [TokenTree::Group(group)] = &trees[..] {
        let inside = with_equals(group.stream());
        if options::row(word(&inside)).is_some() {
            return format!("options stand in one pair of parentheses; write `{inside}`");
        }
    }
    let quoted = trees.first().map(|name| name.to_string().trim_matches('"').to_owned()).unwrap_or_default();
    if trees.len() > 1 && options::row(&quoted).is_some() {
        return format!("the name of an option stands without quotes; write `{}`", with_equals(value.clone()));
    }
    if is_punct(trees.first(), '=') {
        let value = stream(&trees[1..]);
        return format!("the name of the option is missing; write `{}`", option_for(&value));
    }
    if let Some(argument) = typed.strip_prefix("--").filter(|argument| options::row(word(argument)).is_some()) {
        return format!("an option has no dashes in front; write `{argument}`");
    }
    if typed.trim_matches('.').is_empty() {
        return format!("what is not written is as usual already; remove `{typed}`");
    }
    if let Some(name) = typed.strip_prefix('!').filter(|name| options::row(name).is_some()) {
        return format!("what is not asked for is not done; leave `{name}` out");
    }
    let last = typed.rsplit("::").next().unwrap_or_default();
    if last != typed && ["test", "main"].contains(&last) {
        return format!("`{typed}` is an attribute of its own; write `#[{typed}]` below this one");
    }
    if last != typed && is_socket(last) {
        return format!("a type stands in the signature; write `fn …(listener: {typed})`");
    }
    format!("`{typed}` stands without the name of its option; write `{}`", option_for(value))
}

/// `prefer = 8080, inherit` for `"prefer": 8080, inherit`.
fn with_equals(options: TokenStream) -> String {
    let mut texts = Vec::new();
    for part in split_at_commas(options, Angles::InExpressions) {
        texts.push(match &part.trees[..] {
            [name, rest @ ..] if !take_sign(rest).0.is_empty() => {
                let value = text(&stream(take_sign(rest).1));
                format!("{} = {value}", name.to_string().trim_matches('"'))
            }
            _ => text(&part.tokens()),
        });
    }
    texts.join(", ")
}

/// The first word of a text.
fn word(text: &str) -> &str {
    text.split([' ', '=', ',']).next().unwrap_or_default()
}

pub(crate) fn is_socket(name: &str) -> bool {
    ["TcpListener", "UdpSocket", "ReservedPort", "TcpSocket", "TcpStream"].contains(&name)
}

/// The option that a value seems to be for, with the value.
pub(crate) fn option_for(value: &TokenStream) -> String {
    let typed = text(value);
    match syn::parse2::<Lit>(value.clone()) {
        Ok(Lit::Str(text)) => for_text(&text),
        Ok(Lit::Int(number)) if matches!(number.suffix(), "s" | "ms") => format!("timeout = \"{typed}\""),
        Ok(Lit::Int(number)) if number.base10_digits() == "0" => "port = 0".to_owned(),
        Ok(Lit::Int(_)) => format!("prefer = {typed}"),
        _ if typed.starts_with("[\"") => match typed.trim_matches(['[', ']']).split(", ").next() {
            Some(first) if !typed.contains('.') => option_for(&first.parse().unwrap_or_default()),
            _ => format!("host = {}", typed.trim_matches(['[', ']'])),
        },
        _ if typed.contains("..") && typed.contains(|letter: char| letter.is_ascii_digit())
            || typed.starts_with('[') =>
        {
            format!("range = {typed}")
        }
        _ if typed.contains("Duration") => format!("timeout = {typed}"),
        _ if typed.contains("PortRequest") => format!("request = {typed}"),
        _ if typed.contains("Order::") => format!("order = {typed}"),
        _ if typed.contains("Addr") || typed.contains("Host") => format!("host = {typed}"),
        _ if looks_like_ipv4(&typed) => format!("host = \"{typed}\""),
        _ if typed.contains("env!") || typed.contains("env::var") => "env = \"PORT\"".to_owned(),
        // Nothing that we know: better a whole example than half a guess.
        _ => "prefer = 8080".to_owned(),
    }
}

fn for_text(literal: &LitStr) -> String {
    let text = literal.value();
    let is_variable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    match text.rsplit_once(':') {
        _ if text.contains('=') && options::row(word(&text)).is_some() => text,
        _ if text.parse::<u16>().is_ok() => format!("prefer = {text}"),
        _ if is_variable => format!("env = {}", literal.token()),
        Some((host, port)) if !host.contains(':') && port.parse::<u16>().is_ok() => two_options(host, port),
        _ if duration::parse(&text).is_ok() => format!("timeout = {}", literal.token()),
        _ if matches!(text.as_str(), "lowest" | "random") => format!("order = {text}"),
        // A word alone is nobody's address, and may be a socket's name.
        _ if text.starts_with(char::is_alphabetic) && !text.contains(['.', ':', '/']) && text != "localhost" => {
            format!("inherit = {}", literal.token())
        }
        _ => range_of(&text)
            .or_else(|| list_of(&text))
            .map_or_else(|| format!("host = {}", literal.token()), |ports| format!("range = {ports}")),
    }
}
