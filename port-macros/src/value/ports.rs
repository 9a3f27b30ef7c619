//! Several numbers: `range` and `except`.

use std::fmt;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Lit, LitInt, LitStr, Token};

use super::port::{check_port, out_of_range};
use super::{Given, Value};
use crate::errors::Mistake;
use crate::split::{Angles, Part, split_at_commas};
use crate::tokens::{is_punct, text, unwrapped};

pub(crate) fn range(given: &Given) -> Result<Value, Mistake> {
    match &given.literal {
        Some(Lit::Int(port)) if check_port(port, "").is_ok() => Err(given.mistake(format!(
            "`{port}` is not a range; write `port = {port}`, or `prefer = {port}` to fall back on another port"
        ))),
        _ => several(given),
    }
}

pub(crate) fn except(given: &Given) -> Result<Value, Mistake> {
    match &given.literal {
        Some(Lit::Int(port)) if check_port(port, "").is_ok() => {
            Err(given.mistake(format!("`except` takes several ports; write `except = [{port}]`")))
        }
        _ => several(given),
    }
}

fn several(given: &Given) -> Result<Value, Mistake> {
    let name = given.row.name;
    match &given.literal {
        Some(Lit::Str(quoted)) => {
            let text = quoted.value();
            let ports =
                list_of(&text).or_else(|| range_of(&text)).unwrap_or_else(|| given.row.example_value().to_owned());
            return Err(given.mistake(format!("expected a range, found a string; write `{name} = {ports}`")));
        }
        Some(Lit::Int(port)) => return Err(given.mistake(out_of_range(port))),
        Some(_) => return Err(given.instead("a range", given.row.example_value())),
        None => {}
    }
    given.is_there()?;
    if given.word().is_some() {
        return Err(given.instead("a range", given.row.example_value()));
    }
    if given.parses_anything() || text(given.tokens).contains("Ports::from(\"") {
        return Err(given.mistake("nothing says what to parse; write `.parse::<port_runtime::Ports>()`"));
    }
    if let Some(range) = Range::of(given.tokens) {
        range.check().map_err(|message| given.mistake(message))?;
    } else if let Some(list) = given.inside(Delimiter::Bracket) {
        check_list(given, &list)?;
    } else if let Some(range) = difference(given.tokens) {
        return Err(given.mistake(format!("a range has two dots in the middle; write `{name} = {range}`")));
    } else if let Some(numbers) = given.tuple().or_else(|| given.inside(Delimiter::Brace)).and_then(numbers) {
        return Err(given.mistake(match &numbers[..] {
            [first, last] if name == "range" => {
                format!("a range has two dots in the middle; write `range = {first}..{last}`")
            }
            _ => format!("several ports stand in brackets; write `{name} = [{}]`", numbers.join(", ")),
        }));
    }
    given.as_it_is()
}

/// The ports of a list, one by one.
fn check_list(given: &Given, list: &TokenStream) -> Result<(), Mistake> {
    if list.is_empty() {
        return Err(given.mistake(format!("the list is empty; write `{}`, or leave the option out", given.row.example)));
    }
    let parts: Vec<_> = split_at_commas(list.clone(), Angles::InExpressions).iter().map(Part::tokens).collect();
    if let [first, dots, last] = &parts[..] {
        if ["..", "..."].contains(&text(dots).as_str()) {
            let (name, range) = (given.row.name, format!("{}..={}", text(first), text(last)));
            return Err(given.mistake(format!("a range stands without brackets and commas; write `{name} = {range}`")));
        }
    }
    for part in parts {
        match syn::parse2::<Lit>(part.clone()) {
            Ok(Lit::Int(number)) => check_port(&number, "").map_err(|message| Mistake::at(&part, message))?,
            Ok(Lit::Str(quoted)) if quoted.value().parse::<u16>().is_ok() => {
                return Err(Mistake::at(&part, format!("a port is a number; write `{}`", quoted.value())));
            }
            Ok(_) => return Err(Mistake::at(&part, out_of_range(text(&part)))),
            Err(_) => {}
        }
        let range = Range::of(&part).map(|range| range.to_string());
        let pair = || match &unwrapped(part.clone())[..] {
            [TokenTree::Group(pair)] => numbers(pair.stream()).map(|numbers| numbers.join("..=")),
            _ => None,
        };
        if let Some(range) = range.or_else(|| negative_difference(&part)).or_else(pair) {
            let fix = format!("write `{} = {range}`, or list its ports one by one", given.row.name);
            return Err(Mistake::at(&part, format!("a range cannot stand in a list; {fix}")));
        }
    }
    Ok(())
}

/// Whether a list or a range in figures has a port in it.
pub(super) fn excludes(ports: &str, port: u16) -> bool {
    let Ok(ports) = ports.parse::<TokenStream>() else { return false };
    let is_port =
        |part: &Part| syn::parse2::<LitInt>(part.tokens()).is_ok_and(|number| value_of(&number) == port.into());
    match &unwrapped(ports.clone())[..] {
        [TokenTree::Group(list)] => split_at_commas(list.stream(), Angles::InExpressions).iter().any(is_port),
        _ => Range::of(&ports).is_some_and(|range| range.contains(port)),
    }
}

/// `(8000, 9000)`, `{8000, 9000}` and `{min: 8000, max: 9000}`.
fn numbers(inside: TokenStream) -> Option<Vec<String>> {
    let mut numbers = Vec::new();
    for part in split_at_commas(inside, Angles::InExpressions) {
        match part.trees.last()? {
            TokenTree::Literal(number) if part.trees.len() == 1 || is_punct(part.trees.get(1), ':') => {
                numbers.push(number.to_string().parse::<u16>().ok()?.to_string());
            }
            _ => return None,
        }
    }
    (numbers.len() > 1).then_some(numbers)
}

/// `8000-9000`, which people mean with both ends, `8000/9000`, `8000:9000` and `8000->9000`.
fn difference(tokens: &TokenStream) -> Option<String> {
    let difference = |input: ParseStream| {
        let first: LitInt = input.parse()?;
        if input.peek(Token![/]) {
            input.parse::<Token![/]>()?;
        } else if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
        } else if input.peek(Token![->]) {
            input.parse::<Token![->]>()?;
        } else {
            input.parse::<Token![-]>()?;
        }
        let last: LitInt = input.parse()?;
        Ok(format!("{first}..={last}"))
    };
    difference.parse2(tokens.clone()).ok()
}

/// `8000-9000`, and not `9000-8000`, which is a port.
fn negative_difference(tokens: &TokenStream) -> Option<String> {
    let range = difference(tokens)?;
    let (first, last) = range.split_once("..=")?;
    (first.parse::<u16>().ok()? < last.parse::<u16>().ok()?).then_some(range)
}

/// What to write for the text `8000-9000`, `8000:9000` or `8000..9000`.
pub(crate) fn range_of(text: &str) -> Option<String> {
    let (first, last, dots) = match (text.split_once(['-', ':']), text.split_once("..")) {
        (Some((first, last)), _) => (first, last, "..="),
        (None, Some((first, last))) => {
            (first, last.trim_start_matches('.'), if last.starts_with('=') { "..=" } else { ".." })
        }
        (None, None) => return None,
    };
    let number = |text: &str| text.trim().trim_start_matches('=').parse::<u16>().ok();
    Some(format!("{}{dots}{}", number(first)?, number(last)?))
}

/// What to write for the text `8000, 8001`.
pub(crate) fn list_of(text: &str) -> Option<String> {
    let mut ports = Vec::new();
    for port in text.split(',') {
        ports.push(port.trim().parse::<u16>().ok()?);
    }
    Some(format!("{ports:?}"))
}

/// A number that is too large is larger than any port.
fn value_of(number: &LitInt) -> u64 {
    number.base10_parse::<u32>().unwrap_or(u32::MAX).into()
}

/// A range as far as its ends are literals or missing.
pub(crate) struct Range {
    first: Option<LitInt>,
    dots: &'static str,
    last: Option<LitInt>,
    /// `"8000".."9000"`
    in_quotes: bool,
}

impl Range {
    pub(crate) fn of(tokens: &TokenStream) -> Option<Self> {
        let mut in_quotes = false;
        let mut end = |input: ParseStream| match input.parse::<Option<LitStr>>()? {
            Some(quoted) => {
                in_quotes = true;
                quoted.parse().map(Some)
            }
            None => input.parse(),
        };
        let range = |input: ParseStream| {
            let first = end(input)?;
            let dots = if input.peek(Token![..=]) {
                input.parse::<Token![..=]>().map(|_| "..=")?
            } else if input.peek(Token![...]) {
                input.parse::<Token![...]>().map(|_| "...")?
            } else {
                input.parse::<Token![..]>().map(|_| "..")?
            };
            Ok(Self { first, dots, last: end(input)?, in_quotes: false })
        };
        range.parse2(tokens.clone()).ok().map(|range| Self { in_quotes, ..range })
    }

    fn contains(&self, port: u16) -> bool {
        let (Some(first), Some(last)) = (&self.first, &self.last) else { return false };
        let past_last = value_of(last) + u64::from(self.dots != "..");
        (value_of(first)..past_last).contains(&port.into())
    }

    fn check(&self) -> Result<(), String> {
        let Self { first, dots, last, in_quotes } = self;
        let (Some(first), Some(last)) = (first, last) else {
            return Err(format!("the range has an open end; write `{self}`"));
        };
        let (low, high) = (value_of(first), value_of(last));
        let highest = if *dots == ".." { high.saturating_sub(1) } else { high };
        if low > 65535 {
            Err(out_of_range(first))
        } else if highest > 65535 || high == 65536 {
            // `8000..65536` means well, but 65536 is no `u16`.
            Err(format!("port numbers end at 65535; write `{low}..=65535`"))
        } else if *in_quotes {
            Err(format!("a port is a number; write `{self}`"))
        } else if *dots == "..." {
            Err(format!("`...` is the old way to write a range; write `{low}..={high}`"))
        } else if low == 0 {
            Err(format!("port 0 is not a port; write `1{dots}{high}`"))
        } else if low > high {
            Err(format!("the range is reversed; write `{high}{dots}{low}`"))
        } else if low > highest {
            Err(format!("the range is empty; write `{low}..={high}`"))
        } else {
            check_port(first, "").and_then(|()| check_port(last, ""))
        }
    }
}

impl fmt::Display for Range {
    /// As it should be written, with both ends.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |end: &Option<LitInt>| end.as_ref().and_then(|end| end.base10_parse::<u16>().ok());
        let last = number(&self.last).unwrap_or(65535);
        let first = number(&self.first).unwrap_or(if last > 1024 { 1024 } else { 1 });
        let dots = if self.last.is_none() || self.dots == "..." { "..=" } else { self.dots };
        write!(formatter, "{first}{dots}{last}")
    }
}
