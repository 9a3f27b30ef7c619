//! What can be known about an option's value before rustc sees it: the literals.
//!
//! Anything that is no literal is an expression, and rustc checks its type.

pub(crate) mod duration;
pub(crate) mod host;
mod range;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Lit, Token};

use crate::tokens::text;

/// The tokens to pass to the method of `PortRequest`, or what is wrong with the value.
pub(crate) fn argument(option: &str, value: &TokenStream) -> Result<TokenStream, String> {
    let literal = syn::parse2::<Lit>(value.clone()).ok();
    match (option, &literal) {
        ("host", Some(Lit::Str(host))) => host::check(&host.value())?,
        ("host", Some(Lit::Int(_) | Lit::Float(_))) => {
            return Err(format!("`{value}` is not a host; write an address in quotes, `host = \"127.0.0.1\"`"));
        }
        ("range", Some(Lit::Str(range))) => return Err(range::in_quotes(&range.value())),
        ("range", Some(Lit::Int(port))) => {
            return Err(format!(
                "`{port}` is not a range; write `range = {port}..={port}`, or `prefer = {port}` to fall back on another port"
            ));
        }
        ("range", None) => range::check(value)?,
        ("prefer", Some(Lit::Str(port))) if port.value().parse::<u16>().is_ok() => {
            return Err(format!("expected a port number, found a string; write `prefer = {}`", port.value()));
        }
        ("prefer", Some(Lit::Int(port))) => range::check_port(port)?,
        ("prefer", None) if range::parse(value).is_some() => {
            return Err(format!("`prefer` takes one port; write `range = {}`", text(value)));
        }
        ("env", Some(Lit::Str(name))) => check_variable(&name.value())?,
        ("inherit", Some(Lit::Str(name))) => check_socket_name(&name.value())?,
        ("timeout", Some(Lit::Str(text))) => {
            let timeout = duration::parse(&text.value())?;
            let (seconds, nanoseconds) = (timeout.as_secs(), timeout.subsec_nanos());
            return Ok(quote_spanned!(text.span()=> ::core::time::Duration::new(#seconds, #nanoseconds)));
        }
        ("crate", _) => return crate_path(value),
        ("on_error", _) if !["panic", "return"].contains(&value.to_string().as_str()) => {
            return Err("expected `panic` or `return`; write `on_error = panic`".to_owned());
        }
        ("timeout", Some(Lit::Int(_) | Lit::Float(_))) => {
            return Err(format!("`{value}` has no unit; write `\"{value}s\"`"));
        }
        _ => {}
    }
    Ok(value.clone())
}

/// A path as plain tokens: a `$path:path` from `macro_rules!` cannot be followed by `::PortRequest`.
fn crate_path(value: &TokenStream) -> Result<TokenStream, String> {
    let path = |input: ParseStream| {
        let mut path = TokenStream::new();
        loop {
            input.parse::<Option<Token![::]>>()?.to_tokens(&mut path);
            input.call(Ident::parse_any)?.to_tokens(&mut path);
            if !input.peek(Token![::]) {
                return Ok(path);
            }
        }
    };
    let example = "write for instance `crate = ::my_harness::port_runtime`";
    path.parse2(value.clone()).map_err(|_| format!("expected a path, found `{}`; {example}", text(value)))
}

fn check_variable(name: &str) -> Result<(), String> {
    match name.split_once('=') {
        _ if name.is_empty() => Err("the name of the variable is empty; write `env = \"PORT\"`".to_owned()),
        Some((name, _)) => Err(format!("`env` names a variable without its value; write `env = \"{name}\"`")),
        None => Ok(()),
    }
}

fn check_socket_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        Err("the name of the socket is empty; write `inherit` alone to take the next one".to_owned())
    } else if name.contains(':') {
        Err("`:` separates the names of `LISTEN_FDNAMES`; write one name without it".to_owned())
    } else {
        Ok(())
    }
}
