//! `timeout = "1.5s"`.

use std::time::Duration;

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
        _ => return Err(malformed(text)),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let parse = |digits: &str| digits.parse::<u64>().map(u128::from).map_err(|_| malformed(text));
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX));
    let scale = scale.ok_or_else(|| malformed(text))?;
    let total = parse(whole)? * nanoseconds + parse(fraction)? * nanoseconds / scale;
    let seconds = u64::try_from(total / 1_000_000_000).map_err(|_| malformed(text))?;
    let subsecond = u32::try_from(total % 1_000_000_000).expect("a remainder below one second");
    match total {
        0 => Err("a time-out of zero gives up at once; leave `timeout` out to wait for ever".to_owned()),
        _ => Ok(Duration::new(seconds, subsecond)),
    }
}

fn malformed(text: &str) -> String {
    format!("`{text}` is not a duration; write a number and `ns`, `us`, `ms`, `s`, `m` or `h`, as in `\"5s\"`")
}
