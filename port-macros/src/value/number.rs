//! One number: `port`, `prefer` and `backlog`.

use std::net::SocketAddr;

use proc_macro2::{Delimiter, TokenTree};
use syn::Lit;

use super::name::{SHELL, is_variable};
use super::port::check_port;
use super::ports::{Range, list_of, range_of};
use super::{Given, Value};
use crate::errors::Mistake;
use crate::tokens::{is_punct, text};

pub(crate) fn port(given: &Given) -> Result<Value, Mistake> {
    if let Some(Lit::Int(port)) = &given.literal {
        // Here 0 has a meaning.
        if port.base10_parse::<u64>().is_ok_and(|port| port == 0) {
            return given.as_it_is();
        }
    }
    let typed = text(given.tokens);
    if let Some(inside) = typed.strip_prefix("Some(\"").and_then(|rest| rest.strip_suffix("\")")) {
        return Err(in_quotes(given, inside));
    }
    one_port(given)?;
    // `prefer` says what it is parsed to, and `port` takes two types.
    if given.parses_anything() {
        return Err(given.mistake("nothing says what to parse; write `.parse::<u16>()`"));
    }
    given.as_it_is()
}

pub(crate) fn prefer(given: &Given) -> Result<Value, Mistake> {
    given.is_there()?;
    one_port(given)
}

fn one_port(given: &Given) -> Result<Value, Mistake> {
    let name = given.row.name;
    match &given.literal {
        Some(Lit::Int(number)) => check_port(number, name).map_err(|message| given.mistake(message))?,
        Some(Lit::Str(quoted)) => return Err(in_quotes(given, &quoted.value())),
        Some(_) => return Err(given.instead("a port", 8080)),
        None => {}
    }
    if let Some(variable) = reads_variable(given) {
        return Err(
            given.mistake(format!("`{name}` takes a number; write `env = {variable}` to read it from a variable"))
        );
    }
    if let Some(range) = Range::of(given.tokens) {
        return Err(given.mistake(format!("`{name}` takes one port; write `range = {range}`")));
    }
    let several = given.inside(Delimiter::Bracket).or_else(|| given.tuple());
    if let Some(ports) = several {
        let ports = text(&ports);
        let ports = ports.trim_end_matches(',');
        let fix = if ports.parse::<u16>().is_ok() { format!("{name} = {ports}") } else { format!("range = [{ports}]") };
        return Err(given.mistake(format!("`{name}` takes one port; write `{fix}`")));
    }
    match &given.trees()[..] {
        // `:8080`, as some programs take it.
        [colon, TokenTree::Literal(port)] if is_punct(Some(colon), ':') => {
            return Err(given.mistake(format!("`{name}` takes a number; write `{name} = {port}`")));
        }
        [TokenTree::Literal(port), TokenTree::Ident(cast), TokenTree::Ident(ty)]
            if cast == "as" && ["i32", "u32", "i64", "u64", "usize"].iter().any(|other| ty == other) =>
        {
            return Err(given.mistake(format!("a port is a `u16`; write `{port}`")));
        }
        _ => {}
    }
    match given.word() {
        Some(word) if ["any", "auto", "random", "free", "none"].contains(&word.as_str()) => {
            Err(given.mistake(format!("any free port is what you get without the option; leave `{name}` out")))
        }
        Some(_) => Err(given.instead("a port", 8080)),
        None => given.as_it_is(),
    }
}

/// The name in `env!("PORT")` and `std::env::var("PORT").unwrap_or("80".into())`, which are no numbers.
fn reads_variable(given: &Given) -> Option<String> {
    let typed = text(given.tokens);
    let calls = ["std::env::var(", "env::var(", "env!(", "std::env!(", "option_env!("];
    let (name, _) = calls.iter().find_map(|start| typed.strip_prefix(start))?.split_once(')')?;
    let trees = given.trees();
    let mut methods = trees.windows(2).filter(|pair| is_punct(pair.first(), '.'));
    let is_text = methods.all(|pair| STAYS_TEXT.contains(&pair[1].to_string().as_str()));
    (is_text && name.len() > 1 && name.starts_with('"') && name.matches('"').count() == 2).then(|| name.to_owned())
}

/// Methods after which a variable is still no number.
const STAYS_TEXT: [&str; 9] =
    ["unwrap", "expect", "unwrap_or", "unwrap_or_else", "unwrap_or_default", "ok", "into", "to_string", "clone"];

fn in_quotes(given: &Given, quoted: &str) -> Mistake {
    let name = given.row.name;
    let number = quoted.trim().trim_start_matches(':');
    if number.parse::<u16>().is_ok() {
        return given.mistake(format!("expected a port number, found a string; write `{name} = {number}`"));
    }
    if let Ok(address) = quoted.parse::<SocketAddr>() {
        let (host, port) = (address.ip(), address.port());
        return given.mistake(format!("`{name}` takes a number alone; write `host = \"{host}\", {name} = {port}`"));
    }
    if let Some((host, port)) =
        quoted.rsplit_once(':').filter(|(host, port)| !host.contains([':', '/']) && port.parse::<u16>().is_ok())
    {
        return given.mistake(format!("`{name}` takes a number alone; write `host = \"{host}\", {name} = {port}`"));
    }
    match list_of(quoted).or_else(|| range_of(quoted)) {
        Some(ports) => given.mistake(format!("`{name}` takes one port; write `range = {ports}`")),
        None if is_variable(quoted.trim_matches(SHELL)) => given.mistake(format!(
            "`{name}` takes a number; write `env = \"{}\"` to read it from a variable",
            quoted.trim_matches(SHELL)
        )),
        None => given.instead("a port", 8080),
    }
}

pub(crate) fn backlog(given: &Given) -> Result<Value, Mistake> {
    match &given.literal {
        Some(Lit::Int(count)) if count.base10_parse::<u32>().is_ok() => match count.suffix() {
            "" | "u32" => given.as_it_is(),
            _ => Err(given.mistake(format!("the backlog is a `u32`; write `{}`", count.base10_digits()))),
        },
        Some(Lit::Str(text)) if text.value().parse::<u32>().is_ok() => {
            Err(given.mistake(format!("expected a number, found a string; write `backlog = {}`", text.value())))
        }
        Some(_) => Err(given.instead("a number of connections", 128)),
        None if given.word().is_some() => Err(given.instead("a number of connections", 128)),
        None => given.is_there().and_then(|()| given.as_it_is()),
    }
}
