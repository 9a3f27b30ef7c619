//! Durations and hosts, which stand in quotes.

use std::net::Ipv6Addr;
use std::time::Duration;

use test_support::Random;

use crate::value::duration::parse;
use crate::value::host;

#[test]
fn durations() {
    for (text, expected) in [
        ("5s", Duration::from_secs(5)),
        ("1.5s", Duration::from_millis(1500)),
        ("0.000000001s", Duration::from_nanos(1)),
        ("007ms", Duration::from_millis(7)),
        (" 250 us ", Duration::from_micros(250)),
        ("250µs", Duration::from_micros(250)),
        ("250μs", Duration::from_micros(250)),
        ("1ns", Duration::from_nanos(1)),
        ("2m", Duration::from_secs(120)),
        ("0.5min", Duration::from_secs(30)),
        ("1h", Duration::from_secs(3600)),
        ("18446744073709551615s", Duration::from_secs(u64::MAX)),
    ] {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn malformed_durations() {
    for text in [
        "",
        "s",
        "5",
        "5 days",
        "-5s",
        "1e3s",
        ".5s",
        "5.s",
        "1.2.3s",
        "0s",
        "0.0h",
        "0.1ns",
        "5S",
        "5s5",
        "١s",
        "18446744073709551616s",
        "18446744073709551615h",
        "0.00000000000000000000000000000000000000000001s",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

/// A few pieces of what such values are made of, in any order.
fn any_of(random: &mut Random, pieces: &[&str]) -> String {
    (0..random.below(6)).map(|_| random.pick(pieces)).collect()
}

#[test]
fn any_duration_is_refused_or_is_what_it_says() {
    const PIECES: [&str; 16] =
        ["0", "1", "59", ".", "000", "18446744073709551615", "s", "m", "ms", "us", "ns", "h", " ", "-", "e", "µ"];
    let mut accepted = 0;
    for seed in 0..20_000 {
        let text = any_of(&mut Random::new(seed), &PIECES);
        let Ok(duration) = parse(&text) else { continue };
        accepted += 1;
        assert!(!duration.is_zero(), "{text}");
        let nanoseconds = duration.as_nanos();
        if nanoseconds <= u64::MAX.into() {
            assert_eq!(parse(&format!("{nanoseconds}ns")), Ok(duration), "{text}");
        }
    }
    assert!(accepted > 200, "only {accepted} are durations");
}

#[test]
fn any_host_is_refused_or_looks_like_one() {
    const PIECES: [&str; 16] =
        ["127", ".", "0", "1", "256", ":", "::", "[", "]", "%", "fe80", "localhost", "-", "/", " ", "8080"];
    let mut accepted = 0;
    for seed in 0..20_000 {
        let text = any_of(&mut Random::new(seed), &PIECES);
        match host::check(&text) {
            Ok(()) => {
                accepted += 1;
                assert!(!text.is_empty() && !text.contains(['/', ' ']), "{text}");
                assert!(!text.contains(':') || text.split('%').next().is_some_and(|it| it.parse::<Ipv6Addr>().is_ok()));
            }
            Err(message) => assert!(message.contains("; write "), "{text}: {message}"),
        }
    }
    assert!(accepted > 500, "only {accepted} are hosts");
}
