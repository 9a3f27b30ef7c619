//! [`Ports`] from text, as people write them in a variable or on a command line.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::build::Builder;
use super::{Ports, nothing_in};
use crate::error::Error;

const FORMS: &str = "write `8000-8999`, `8000..9000` or `1455,1457`";

impl FromStr for Ports {
    type Err = Error;

    /// Reads `8000-8999`, `8000..9000`, `8000..=8999`, `1455,1457` or `8000-8100,9000`; blanks do not matter.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut ports = Builder::new();
        for item in text.split(',') {
            ports.add(match item.trim() {
                "" if text.trim().is_empty() => return Err(Error::invalid(format!("no ports are given; {FORMS}"))),
                "" => return Err(Error::invalid(format!("nothing stands beside a comma; {FORMS}"))),
                item => parse(item)?,
            });
        }
        Ok(ports.build())
    }
}

fn parse(item: &str) -> Result<RangeInclusive<u16>, Error> {
    let (first, last, ends_before) = if let Some((first, last)) = item.split_once("..=") {
        (number(first)?, number(last)?, false)
    } else if let Some((first, end)) = item.split_once("..") {
        (number(first)?, number(end)?, true)
    } else if let Some((first, last)) = item.split_once('-') {
        (number(first)?, number(last)?, false)
    } else {
        let port = number(item)?;
        (port, port, false)
    };
    let last = last - u16::from(ends_before);
    if first <= last { Ok(first..=last) } else { Err(nothing_in(item.escape_debug())) }
}

/// A port, never 0. `u16::from_str` would take a plus sign as well.
fn number(digits: &str) -> Result<u16, Error> {
    let digits = digits.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let why = match digits.parse() {
        Ok(port @ 1..) if is_number => return Ok(port),
        Ok(0) if is_number => "0 is no port; start at 1".to_owned(),
        _ if is_number => format!("{digits} is no port: they end at 65535"),
        _ => format!("`{}` is no port; {FORMS}", digits.escape_debug()),
    };
    Err(Error::invalid(why))
}
