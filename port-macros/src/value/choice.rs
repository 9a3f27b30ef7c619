//! The settings that are no calls: `request`, `crate`, `on_error`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Lit, Token};

use super::{Given, Value};
use crate::errors::Mistake;
use crate::tokens::text;

pub(crate) fn request(given: &Given) -> Result<Value, Mistake> {
    match text(given.tokens) {
        path if path == "PortRequest" || path.ends_with("::PortRequest") => {
            Err(given.mistake(format!("`{path}` is a type; write `request = {path}::new()`")))
        }
        _ if given.is_there().is_err() => given.is_there().and_then(|()| given.as_it_is()),
        _ if given.literal.is_some() => Err(given.instead("a request", "port_runtime::PortRequest::new()")),
        _ => given.as_it_is(),
    }
}

/// A path as plain tokens: a `$path:path` from `macro_rules!` cannot be followed by `::PortRequest`.
pub(crate) fn crate_path(given: &Given) -> Result<Value, Mistake> {
    if let Some(Lit::Str(quoted)) = &given.literal {
        if let Ok(path) = quoted.value().parse::<TokenStream>() {
            if !path.is_empty() && path_of.parse2(path.clone()).is_ok() {
                return Err(given.mistake(format!("a path stands without quotes; write `crate = {}`", text(&path))));
            }
        }
    }
    let path = text(given.tokens);
    let of_ours = ["::with_free_port", "::PortRequest"].iter().find_map(|name| path.strip_suffix(name));
    if let Some(runtime) = of_ours {
        return Err(given.mistake(format!("`crate` is the path of the crate; write `crate = {runtime}`")));
    }
    let with_underscores = path.replace('-', "_");
    if path.contains('-') && with_underscores.parse().is_ok_and(|path: TokenStream| path_of.parse2(path).is_ok()) {
        return Err(given.instead("a path", with_underscores));
    }
    let path = path_of.parse2(given.tokens.clone());
    path.map(Value::Expression).map_err(|_| given.instead("a path", "::my_harness::port_runtime"))
}

fn path_of(input: ParseStream) -> syn::Result<TokenStream> {
    let mut path = TokenStream::new();
    loop {
        input.parse::<Option<Token![::]>>()?.to_tokens(&mut path);
        input.call(Ident::parse_any)?.to_tokens(&mut path);
        if !input.peek(Token![::]) {
            return Ok(path);
        }
    }
}

pub(crate) fn on_error(given: &Given) -> Result<Value, Mistake> {
    let typed = text(given.tokens);
    let plain = typed.trim_matches('"').to_lowercase();
    match typed.as_str() {
        "panic" | "return" => given.as_it_is(),
        _ => {
            let is_return =
                plain.starts_with("return") || ["err", "error", "result", "propagate", "?"].contains(&plain.as_str());
            let (meant, other) = if is_return { ("return", "panic") } else { ("panic", "return") };
            Err(given.mistake(format!(
                "expected `panic` or `return`, found `{typed}`; write `on_error = {meant}`, or `{other}`"
            )))
        }
    }
}
