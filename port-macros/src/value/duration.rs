//! `timeout = "1.5s"`.

use std::time::Duration;

use proc_macro2::{Span, TokenTree};
use quote::quote_spanned;
use syn::Lit;

use super::{Given, Value};
use crate::errors::Mistake;
use crate::tokens::text;

pub(crate) fn read(given: &Given) -> Result<Value, Mistake> {
    let typed = text(given.tokens);
    match &given.literal {
        Some(Lit::Str(quoted)) if FOREVER.contains(&quoted.value().as_str()) => Err(given.mistake(WAITS)),
        Some(Lit::Str(quoted)) => {
            let timeout = parse(&quoted.value()).map_err(|message| given.mistake(message))?;
            let (seconds, nanoseconds) = (timeout.as_secs(), timeout.subsec_nanos());
            // In the context of the macro, where `::core` is that of edition 2018.
            let place = Span::mixed_site().located_at(quoted.span());
            Ok(Value::Expression(quote_spanned!(place=> ::core::time::Duration::new(#seconds, #nanoseconds))))
        }
        Some(Lit::Int(number)) if number.base10_digits() == "0" => Err(given.mistake(ZERO)),
        Some(Lit::Int(_) | Lit::Float(_)) => {
            let plain = typed.replace('_', "");
            let quoted = if parse(&plain).is_ok() { plain } else { in_seconds(&plain) };
            Err(given.mistake(format!("a timeout stands in quotes, with its unit; write `timeout = \"{quoted}\"`")))
        }
        Some(_) => Err(given.instead("a timeout", "\"5s\"")),
        None => match typed.replace(' ', "") {
            _ if given.is_there().is_err() => given.is_there().and_then(|()| given.as_it_is()),
            joined if parse(&joined).is_ok() => {
                Err(given.mistake(format!("a timeout stands in quotes; write `timeout = \"{joined}\"`")))
            }
            joined
                if ["from_secs(0)", "from_millis(0)", "Duration::ZERO"].iter().any(|zero| joined.ends_with(zero)) =>
            {
                Err(given.mistake(ZERO))
            }
            _ if FOREVER.contains(&typed.as_str()) => Err(given.mistake(WAITS)),
            _ if given.word().is_some() || given.tuple().is_some() || is_arithmetic(&given.trees()) => {
                Err(given.instead("a timeout", "\"5s\""))
            }
            joined => match in_words(&joined) {
                Some(quoted) => Err(given.instead("a timeout", format!("\"{quoted}\""))),
                None => given.as_it_is(),
            },
        },
    }
}

/// `5 * 1000`, which is no `Duration` whatever it comes to.
fn is_arithmetic(value: &[TokenTree]) -> bool {
    value.iter().all(|tree| matches!(tree, TokenTree::Literal(_) | TokenTree::Punct(_)))
}

/// A number with some unit that we do not know, or none.
fn in_seconds(number: &str) -> String {
    let digits: String = number.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    // Nobody waits for so many seconds.
    if digits.parse::<u64>().is_ok_and(|number| number >= 1_000) && digits == number {
        return format!("{digits}ms");
    }
    if parse(&format!("{digits}s")).is_ok() { format!("{digits}s") } else { "5s".to_owned() }
}

pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let end_of_number = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = text.split_at(end_of_number.unwrap_or(text.len()));
    let nanoseconds: u128 = match unit.trim() {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "" if !number.is_empty() => {
            return Err(format!("`{text}` has no unit; write `\"{text}s\"`"));
        }
        _ => return Err(spelled_out(text).unwrap_or_else(|| malformed(text))),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let parse = |digits: &str| digits.parse::<u64>().map(u128::from).map_err(|_| malformed(text));
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX));
    let scale = scale.ok_or_else(|| malformed(text))?;
    let total = parse(whole)? * nanoseconds + parse(fraction)? * nanoseconds / scale;
    let seconds = u64::try_from(total / 1_000_000_000).map_err(|_| malformed(text))?;
    let subsecond = u32::try_from(total % 1_000_000_000).expect("a remainder below one second");
    match total {
        0 => Err(ZERO.to_owned()),
        _ => Ok(Duration::new(seconds, subsecond)),
    }
}

const FOREVER: [&str; 4] = ["never", "forever", "infinite", "none"];
const WAITS: &str = "without a timeout it waits forever; leave `timeout` out";
const ZERO: &str = "a timeout of zero gives up at once; leave `timeout` out to wait forever";

/// `Duration::seconds(5)` and `5*second`, as other crates and languages say it. std has other names.
fn in_words(typed: &str) -> Option<String> {
    const STD: [&str; 6] = ["from_secs", "from_millis", "from_micros", "from_nanos", "from_mins", "from_hours"];
    let (words, is_std) = match typed.rsplit_once("Duration::") {
        Some((_, call)) => (call.strip_suffix(')')?.split_once('(')?, STD.iter().any(|name| call.starts_with(name))),
        None => (typed.split_once(['*', '.'])?, false),
    };
    let (unit, number) =
        if words.0.starts_with(|first: char| first.is_ascii_digit()) { (words.1, words.0) } else { words };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    // A constant may well be a `Duration`.
    let is_word = unit.starts_with(char::is_lowercase);
    let unit = short(unit.trim_start_matches("from_")).filter(|_| is_number && is_word && !is_std)?;
    Some(format!("{number}{unit}"))
}

/// `5 sec`, `5 Minutes`.
fn spelled_out(text: &str) -> Option<String> {
    let end_of_number = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(end_of_number);
    let short = short(unit.trim())?;
    parse(&format!("{number}{short}")).ok()?;
    Some(format!("`{text}` is not a duration; write `\"{number}{short}\"`"))
}

/// The unit that a word stands for.
fn short(unit: &str) -> Option<&'static str> {
    Some(match unit.to_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => "ms",
        "us" | "microsecond" | "microseconds" | "micros" => "us",
        "ns" | "nanosecond" | "nanoseconds" | "nanos" => "ns",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        _ => return None,
    })
}

fn malformed(text: &str) -> String {
    format!("`{text}` is not a duration; write a number and `ns`, `us`, `ms`, `s`, `m` or `h`, as in `\"5s\"`")
}
