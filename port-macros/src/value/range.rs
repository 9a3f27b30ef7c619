//! `range = 8000..9000` and `prefer = 8080`.

use std::fmt::Display;

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, Token};

use crate::tokens::text;

pub(crate) fn in_quotes(range: &str) -> String {
    let ends = range.split_once(['-', ':']).or_else(|| range.split_once(".."));
    let numbers = ends.and_then(|(first, last)| {
        let last = last.trim_start_matches(['=', '.']);
        Some((first.trim().parse::<u16>().ok()?, last.trim().parse::<u16>().ok()?))
    });
    let (first, last) = numbers.unwrap_or((8000, 9000));
    format!("expected a range, found a string; write `range = {first}..{last}`")
}

/// A range as far as its ends are literals or missing.
pub(crate) struct Range {
    first: Option<LitInt>,
    is_inclusive: bool,
    last: Option<LitInt>,
}

pub(crate) fn parse(value: &TokenStream) -> Option<Range> {
    let range = |input: ParseStream| {
        let first = input.parse()?;
        let is_inclusive = input.peek(Token![..=]) || input.peek(Token![...]);
        if input.peek(Token![..=]) {
            input.parse::<Token![..=]>()?;
        } else if is_inclusive {
            input.parse::<Token![...]>()?;
        } else {
            input.parse::<Token![..]>()?;
        }
        let last = input.parse()?;
        Ok(Range { first, is_inclusive, last })
    };
    range.parse2(value.clone()).ok()
}

pub(crate) fn check(value: &TokenStream) -> Result<(), String> {
    let Some(range) = parse(value) else {
        return Ok(());
    };
    let Range { first, is_inclusive, last } = &range;
    let (Some(first), Some(last)) = (first, last) else {
        let first = first.as_ref().map_or("1024", LitInt::base10_digits);
        let last = last.as_ref().map_or("65535", LitInt::base10_digits);
        let dots = if *is_inclusive || range.last.is_none() { "..=" } else { ".." };
        return Err(format!("the range has an open end; write `{first}{dots}{last}`"));
    };
    let (Ok(low), Ok(high)) = (first.base10_parse::<u64>(), last.base10_parse::<u64>()) else {
        return Err(out_of_range(first));
    };
    let highest = if *is_inclusive { high } else { high.saturating_sub(1) };
    let dots = if *is_inclusive { "..=" } else { ".." };
    if text(value).contains("...") {
        Err(format!("`...` is the old way to write a range; write `{low}..={high}`"))
    } else if low == 0 {
        Err(format!("port 0 is not a port; write `1{dots}{high}`"))
    } else if low > 65535 {
        Err(out_of_range(first))
    } else if highest > 65535 || high == 65536 {
        // `8000..65536` means well, but 65536 is no `u16`.
        Err(format!("port numbers end at 65535; write `{low}..=65535`"))
    } else if low > high {
        Err(format!("the range is reversed; write `{high}{dots}{low}`"))
    } else if low > highest {
        Err(format!("the range is empty; write `{low}..={high}`"))
    } else {
        Ok(())
    }
}

pub(crate) fn check_port(port: &LitInt) -> Result<(), String> {
    match port.base10_parse::<u64>() {
        Ok(0) => Err("port 0 means any free port; leave `prefer` out to get one".to_owned()),
        Ok(1..=65535) => Ok(()),
        _ => Err(out_of_range(port)),
    }
}

fn out_of_range(port: impl Display) -> String {
    format!("`{port}` is not a port; write a number from 1 to 65535")
}
