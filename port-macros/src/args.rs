//! The options as they were written, on the attribute or on one parameter.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};

use crate::errors::Errors;
use crate::parameter::Parameter;
use crate::tokens::{Angles, split_at_commas, text};
use crate::value;

/// Every option with an example of its use; the messages show the example.
const OPTIONS: [(&str, &str); 11] = [
    ("host", "host = \"127.0.0.1\""),
    ("range", "range = 8000..9000"),
    ("prefer", "prefer = 8080"),
    ("env", "env = \"PORT\""),
    ("inherit", "inherit"),
    ("portserver", "portserver"),
    ("backlog", "backlog = 128"),
    ("timeout", "timeout = \"5s\""),
    ("request", "request = PortRequest::new()"),
    ("crate", "crate = ::port_runtime"),
    ("on_error", "on_error = panic"),
];

/// Names from other tools, and what is closest to them here.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("port", "prefer"),
    ("ports", "range"),
    ("addr", "host"),
    ("address", "host"),
    ("bind", "host"),
    ("ip", "host"),
    ("var", "env"),
    ("name", "inherit"),
];

#[derive(Default)]
pub(crate) struct Args(Vec<Written>);

/// `host = "127.0.0.1"`, or `inherit` alone.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) name: Ident,
    /// Never parsed as an expression: rustc does that.
    pub(crate) value: Option<TokenStream>,
}

impl Args {
    pub(crate) fn read(tokens: &TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        for part in split_at_commas(tokens.clone(), Angles::InExpressions) {
            if part.is_empty() {
                errors.at(tokens, "expected an option between two commas; leave one comma out");
                continue;
            }
            match Written::read.parse2(part.clone()) {
                Ok(written) => args.set(written, errors),
                Err(_) => errors.at(&part, misplaced_value(&part)),
            }
        }
        args
    }

    /// The options in the marks of one parameter.
    pub(crate) fn of_marks(parameter: &Parameter, errors: &mut Errors) -> Self {
        let Some(mark) = parameter.mark() else {
            return Self::default();
        };
        let Some(options) = mark.options() else {
            errors.at(&mark.arguments, "expected options in parentheses; write `#[free_port(prefer = 8080)]`");
            return Self::default();
        };
        Self::read(&options, errors)
    }

    fn set(&mut self, written: Written, errors: &mut Errors) {
        let Written { name, value } = &written;
        let Some((_, example)) = OPTIONS.iter().find(|(option, _)| name == option) else {
            return errors.at(name, unknown(&name.unraw().to_string(), value.as_ref()));
        };
        if self.get(&name.to_string()).is_some() {
            return errors.at(name, format!("`{name}` is given twice; keep one of them"));
        }
        match (value, name.to_string().as_str()) {
            (Some(_), "portserver") => {
                errors.at(name, "`portserver` takes no value; write `portserver` alone");
            }
            (None, "inherit" | "portserver") => self.0.push(written),
            (Some(value), option) => match value::argument(option, value) {
                Ok(argument) => self.0.push(Written { value: Some(argument), ..written }),
                Err(message) => errors.at(value, message),
            },
            (None, _) => errors.at(name, format!("`{name}` needs a value; write `{example}`")),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Written> {
        self.0.iter().find(|written| written.name == name)
    }

    /// The options that hold for one parameter: its own win over those of the attribute.
    pub(crate) fn for_parameter<'a>(&'a self, parameter: &'a Self) -> impl Iterator<Item = &'a Written> {
        let is_free = |written: &&Written| parameter.get(&written.name.to_string()).is_none();
        self.0.iter().filter(is_free).chain(&parameter.0)
    }
}

impl Written {
    fn read(input: ParseStream) -> Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let equals: Option<Token![=]> = input.parse()?;
        let value: TokenStream = input.parse()?;
        match equals {
            Some(_) => Ok(Self { name, value: Some(value).filter(|value| !value.is_empty()) }),
            None if value.is_empty() => Ok(Self { name, value: None }),
            None => Err(input.error("an expression")),
        }
    }
}

/// What to say to `port = 8080` or `hots = "localhost"`.
fn unknown(name: &str, value: Option<&TokenStream>) -> String {
    let value = value.map(text).unwrap_or_default();
    if name == "port" && value.parse::<u16>().is_ok() {
        return format!(
            "unknown option `port`; write `prefer = {value}` to try that port first, or `range = {value}..={value}` to take no other"
        );
    }
    let meant = OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|(_, option)| option);
    let meant = meant.or_else(|| OPTIONS.iter().find(|(option, _)| is_typo(name, option)).map(|(option, _)| option));
    if let Some(option) = meant {
        return format!("unknown option `{name}`; did you mean `{option}`?");
    }
    let options = OPTIONS.map(|(option, _)| format!("`{option}`"));
    format!("unknown option `{name}`; the options are {}", options.join(", "))
}

/// What to say to `#[with_free_port(8080)]` or `#[with_free_port(host("localhost"))]`.
fn misplaced_value(part: &TokenStream) -> String {
    let mut trees = part.clone().into_iter();
    let first = trees.next();
    let option = match &first {
        Some(TokenTree::Ident(ident)) => OPTIONS.iter().find(|(option, _)| ident == option),
        _ => None,
    };
    if let Some((option, example)) = option {
        return format!("expected `=` after `{option}`; write `{example}`");
    }
    let value = text(part);
    match (first, trees.next()) {
        (Some(TokenTree::Literal(literal)), None) if is_string(&literal) => {
            format!("`{value}` stands without the name of its option; write `host = {value}`")
        }
        (Some(TokenTree::Literal(_)), None) => {
            format!("`{value}` stands without the name of its option; write `prefer = {value}`")
        }
        _ if value.contains("..") => {
            format!("`{value}` stands without the name of its option; write `range = {value}`")
        }
        _ => "expected an option; write for instance `range = 8000..9000`".to_owned(),
    }
}

fn is_string(literal: &Literal) -> bool {
    syn::parse2::<syn::LitStr>(literal.to_token_stream()).is_ok()
}

fn is_typo(written: &str, option: &str) -> bool {
    is_within(2.min(option.len() / 2), written.as_bytes(), option.as_bytes())
}

/// Whether so many letters missing, added, wrong, or swapped with their neighbour explain the difference.
fn is_within(mistakes: usize, left: &[u8], right: &[u8]) -> bool {
    match (left, right) {
        ([a, left @ ..], [b, right @ ..]) if a == b => is_within(mistakes, left, right),
        _ if mistakes == 0 => left.is_empty() && right.is_empty(),
        ([a, b, left @ ..], [c, d, right @ ..]) if (a, b) == (d, c) => is_within(mistakes - 1, left, right),
        _ => {
            is_within(mistakes - 1, tail(left), right)
                || is_within(mistakes - 1, left, tail(right))
                || is_within(mistakes - 1, tail(left), tail(right))
        }
    }
}

fn tail(letters: &[u8]) -> &[u8] {
    letters.split_first().map_or(letters, |(_, tail)| tail)
}
