//! `timeout = "1.5s"`.

use std::time::Duration;

use proc_macro2::Span;
use quote::quote_spanned;
use syn::Lit;

use super::{Given, Value};
use crate::errors::Mistake;
use crate::tokens::text;

pub(crate) fn read(given: &Given) -> Result<Value, Mistake> {
    let typed = text(given.tokens);
    match &given.literal {
        Some(Lit::Str(quoted)) => {
            let timeout = parse(&quoted.value()).map_err(|message| given.mistake(message))?;
            let (seconds, nanoseconds) = (timeout.as_secs(), timeout.subsec_nanos());
            // In the context of the macro, where `::core` is that of edition 2018.
            let place = Span::mixed_site().located_at(quoted.span());
            Ok(Value::Expression(quote_spanned!(place=> ::core::time::Duration::new(#seconds, #nanoseconds))))
        }
        Some(Lit::Int(_) | Lit::Float(_)) => {
            let quoted = if parse(&typed).is_ok() { typed } else { in_seconds(&typed) };
            Err(given.mistake(format!("a timeout stands in quotes, with its unit; write `timeout = \"{quoted}\"`")))
        }
        Some(_) => Err(given.instead("a timeout", "\"5s\"")),
        None if typed == "None" => Err(given.mistake("`timeout` takes a time; leave it out to wait forever")),
        None if typed.starts_with("Some(\"") => {
            let inside = typed.trim_start_matches("Some(").trim_end_matches(')');
            Err(given.mistake(format!("`timeout` takes a time; write `timeout = {inside}`")))
        }
        None => match typed.replace(' ', "") {
            joined if parse(&joined).is_ok() => {
                Err(given.mistake(format!("a timeout stands in quotes; write `timeout = \"{joined}\"`")))
            }
            _ if given.word().is_some() => Err(given.instead("a timeout", "\"5s\"")),
            _ => given.as_it_is(),
        },
    }
}

/// A number with some unit that we do not know, or none.
fn in_seconds(number: &str) -> String {
    let digits: String = number.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
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
        0 => Err("a timeout of zero gives up at once; leave `timeout` out to wait forever".to_owned()),
        _ => Ok(Duration::new(seconds, subsecond)),
    }
}

/// `5 sec`, `5 Minutes`.
fn spelled_out(text: &str) -> Option<String> {
    let end_of_number = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(end_of_number);
    let short = match unit.trim().to_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => "ms",
        "us" | "microsecond" | "microseconds" | "micros" => "us",
        "ns" | "nanosecond" | "nanoseconds" | "nanos" => "ns",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        _ => return None,
    };
    parse(&format!("{number}{short}")).ok()?;
    Some(format!("`{text}` is not a duration; write `\"{number}{short}\"`"))
}

fn malformed(text: &str) -> String {
    format!("`{text}` is not a duration; write a number and `ns`, `us`, `ms`, `s`, `m` or `h`, as in `\"5s\"`")
}
