//! `host = "127.0.0.1"`. Whether a name resolves is known when the program runs.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use proc_macro2::{Delimiter, TokenTree};
use syn::{Lit, LitStr};

use super::{Given, Value};
use crate::errors::Mistake;
use crate::split::texts;
use crate::tokens::{is_punct, text};

pub(crate) fn read(given: &Given) -> Result<Value, Mistake> {
    let typed = text(given.tokens);
    match &given.literal {
        Some(Lit::Str(host)) => check(&host.value()).map_err(|message| given.mistake(message))?,
        Some(_) => {
            return Err(
                given.mistake(format!("`{typed}` is not a host; write an address in quotes, `host = \"127.0.0.1\"`"))
            );
        }
        None if looks_like_ipv4(&typed) || typed.parse::<Ipv6Addr>().is_ok() => {
            return Err(given.mistake(format!("an address stands in quotes; write `host = \"{typed}\"`")));
        }
        None => {}
    }
    if let Ok(address) = typed.parse::<SocketAddr>() {
        let (host, port) = (address.ip(), address.port());
        return Err(given.mistake(format!("an address stands in quotes; write `{}`", two_options(host, port))));
    }
    if let (None, Some((host, port))) = (&given.literal, split_port(&typed)) {
        return Err(given.mistake(format!("a host and a port are two options; write `{}`", two_options(host, port))));
    }
    given.is_there()?;
    if let Some(word) = given.word() {
        let word = match word.to_lowercase().trim_start_matches("inaddr_") {
            "any" | "all" | "everywhere" | "public" | "unspecified" | "wildcard" => "0.0.0.0".to_owned(),
            "local" | "loopback" | "true" | "null" | "nullptr" | "nil" | "default" | "host" => "127.0.0.1".to_owned(),
            _ => word,
        };
        return Err(given.mistake(format!("a name stands in quotes; write `host = \"{word}\"`")));
    }
    if let Some(name) = written_without_quotes(given, &typed) {
        return Err(given.mistake(format!("a name stands in quotes; write `host = \"{name}\"`")));
    }
    if let Some(address) = imagined(&typed) {
        return Err(given.mistake(format!("there is no `{typed}`; write `host = \"{address}\"`")));
    }
    if let Some(fix) = read_or_parsed(given, &typed) {
        return Err(given.mistake(fix));
    }
    let several = given.inside(Delimiter::Bracket).or_else(|| given.tuple());
    if let Some(bytes) =
        several.map(|several| text(&several).replace(", ", ".")).filter(|bytes| bytes.parse::<Ipv4Addr>().is_ok())
    {
        return Err(given.mistake(format!("an address stands in quotes; write `host = \"{bytes}\"`")));
    }
    if let Some(list) = given.inside(Delimiter::Bracket) {
        if let Ok(host) = syn::parse2::<LitStr>(list.clone()) {
            return Err(given.mistake(format!("`host` takes one address; write `host = {}`", host.token())));
        }
        return Err(given.mistake(match text(&list).parse::<Ipv6Addr>() {
            Ok(address) => format!("an address stands in quotes; write `host = \"{address}\"`"),
            Err(_) => "`host` takes one address; for IPv4 and IPv6 take a `DualStack<TcpListener>`".to_owned(),
        }));
    }
    if let Some(pair) = given.tuple() {
        let parts = texts(pair);
        if let [host, port] = &parts[..] {
            return Err(given.mistake(format!("`host` takes no port; write `host = {host}, prefer = {port}`")));
        }
    }
    given.as_it_is()
}

pub(crate) fn check(host: &str) -> Result<(), String> {
    let (address, zone) = host.split_once('%').map_or((host, None), |(address, zone)| (address, Some(zone)));
    let inside_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_no_name = |letter: char| letter == '/' || letter.is_whitespace();
    let is_numeric = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if host.is_empty() {
        Err("the host is empty; write `host = \"127.0.0.1\"`, or leave the option out".to_owned())
    } else if host.parse::<IpAddr>().is_ok()
        || zone.is_some_and(|zone| !zone.is_empty() && !zone.contains(is_no_name))
            && address.parse::<Ipv6Addr>().is_ok()
    {
        Ok(())
    } else if let Some(name) = host.split_once("://").map(|(_, rest)| rest) {
        let authority = name.split('/').next().unwrap_or_default();
        let inside = authority.strip_prefix('[').and_then(|rest| rest.split(']').next());
        let name = inside.or_else(|| authority.split(':').next()).unwrap_or_default();
        Err(format!("a host is no URL; write `host = \"{name}\"`"))
    } else if let Some(address) = inside_brackets {
        Err(format!("brackets belong to an address with a port; write `host = \"{address}\"`"))
    } else if let Some((host, port)) = split_port(host) {
        Err(format!("`host` takes no port; write `{}`", two_options(host, port)))
    } else if let Some((name, _)) =
        host.split_once(':').filter(|(name, rest)| !is_hexadecimal(name) && !rest.contains(':'))
    {
        Err(format!("`host` takes no port; write `host = \"{name}\"`"))
    } else if let Some((address, _)) = host.split_once('/').filter(|(address, _)| address.parse::<IpAddr>().is_ok()) {
        Err(format!("`host` takes one address and no network; write `host = \"{address}\"`"))
    } else if host.contains(',') {
        Err("`host` takes one address; for IPv4 and IPv6 take a `DualStack<TcpListener>`".to_owned())
    } else if host.trim().parse::<IpAddr>().is_ok() {
        Err(format!("there is a space around the address; write `host = \"{}\"`", host.trim()))
    } else if host.contains(is_no_name) {
        Err(format!("`{host}` is neither a name nor an address; write `host = \"127.0.0.1\"`"))
    } else if host == "*" {
        Err("no host is called `*`; write `host = \"0.0.0.0\"` for every interface".to_owned())
    } else if is_numeric {
        Err(format!("`{host}` is not an IPv4 address; write four numbers from 0 to 255, as in `127.0.0.1`"))
    } else if host.contains(':') {
        Err(format!("`{host}` is not an IPv6 address; write it as in `::1` or `fe80::1`"))
    } else {
        Ok(())
    }
}

/// What is no host yet: a variable that may not be set, a text that is not parsed, an address with a port.
fn read_or_parsed(given: &Given, typed: &str) -> Option<String> {
    if let Some((name, rest)) = typed.strip_prefix("std::env::var(").and_then(|call| call.split_once(')')) {
        let default = rest.strip_prefix(".unwrap_or(").and_then(|rest| rest.strip_suffix(')'));
        return match default.filter(|default| default.starts_with('"') && default.ends_with('"')) {
            Some(default) => Some(format!(
                "a variable is a `String`, and its default is none; write `host = port_runtime::Host::env_or({name}, {default})`"
            )),
            None if rest.is_empty() => Some(format!("the variable may not be set; write `host = {typed}.unwrap()`")),
            None => None,
        };
    }
    match given.trees().first()? {
        TokenTree::Literal(text) if given.parses_anything() => {
            Some(format!("a host need not be parsed; write `host = {text}`"))
        }
        _ if typed.trim_start_matches("std::net::").starts_with("SocketAddr::")
            && typed.ends_with(')')
            && !typed.contains(".ip()") =>
        {
            Some("`host` takes no port; write `host = \"127.0.0.1\", prefer = 8080`".to_owned())
        }
        _ => None,
    }
}

/// What to write for a constant that std and we do not have.
fn imagined(path: &str) -> Option<&'static str> {
    let (ty, constant) = path.rsplit_once("::")?;
    let is_enum = ["IpAddr", "SocketAddr", "port_runtime::Host"].iter().any(|end| ty.ends_with(end));
    match constant {
        "LOCALHOST" | "UNSPECIFIED" if !is_enum => None,
        _ if !is_enum && !["Ipv4Addr", "Ipv6Addr"].iter().any(|end| ty.ends_with(end)) => None,
        "LOCALHOST" | "LOOPBACK" | "Localhost" | "Loopback" => Some("127.0.0.1"),
        "UNSPECIFIED" | "ANY" | "ALL" | "Any" | "All" => Some("0.0.0.0"),
        _ => None,
    }
}

/// What to write for an address and a port. Any port is what there is without one.
pub(crate) fn two_options(host: impl Display, port: impl Display) -> String {
    match port.to_string().as_str() {
        "0" => format!("host = \"{host}\""),
        port => format!("host = \"{host}\", prefer = {port}"),
    }
}

/// `example.com` and `my-host`: names of nothing in Rust, joined by signs.
fn written_without_quotes(given: &Given, typed: &str) -> Option<String> {
    let words: Vec<_> = given.tokens.clone().into_iter().collect();
    let is_unknown = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if given.word_of(word).is_some());
    let are_words = words.iter().step_by(2).all(is_unknown);
    let is_domain = ["com", "org", "net", "io", "dev", "local", "test", "internal", "localhost"]
        .iter()
        .any(|last| typed.rsplit_once('.').is_some_and(|(_, end)| end == *last));
    let joined_by = |sign| words.iter().skip(1).step_by(2).all(|tree| is_punct(Some(tree), sign));
    (words.len() > 2 && words.len() % 2 == 1 && are_words && (joined_by('-') || joined_by('.') && is_domain))
        .then(|| typed.to_owned())
}

/// `127.0.0.1:8080`, `[::1]:8080` and `localhost:8080`.
fn split_port(host: &str) -> Option<(String, u16)> {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return Some((address.ip().to_string(), address.port()));
    }
    let (name, port) = host.split_once(':')?;
    Some((name.to_owned(), port.parse().ok()?)).filter(|_| is_name(name))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(crate) fn looks_like_ipv4(text: &str) -> bool {
    text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
