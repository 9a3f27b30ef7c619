//! What is read from text.

use test_support::Random;

use super::{agrees, once, port, rounds};
use crate::error::ErrorKind;
use crate::ports::Ports;

#[test]
fn text_is_read_as_it_is_written() {
    let mut random = Random::new(0x2545_f491_4f6c_dd1d);
    for _ in 0..rounds(2000) {
        let (mut text, mut model) = (Vec::new(), Vec::new());
        for _ in 0..=random.below(6) {
            let (one, other) = (port(&mut random), port(&mut random));
            let (first, last) = (one.min(other), one.max(other));
            // A dozen at most, or the model takes long.
            let last = last.min(first.saturating_add(12));
            let blank = ["", " ", "\t "][random.below(3)];
            text.push(match random.below(4) {
                0 if last < u16::MAX => format!("{first}{blank}..{}", last + 1),
                1 => format!("{blank}{first}..={last}{blank}"),
                2 => format!("{first}-{blank}{last}"),
                _ if first == last => first.to_string(),
                _ => format!("{first}..={last}"),
            });
            model.extend(first..=last);
        }
        let ports: Ports = text.join(",").parse().unwrap();
        agrees(&ports, &once(model));
        assert_eq!(ports.to_string().parse::<Ports>().unwrap(), ports, "what is shown can be read");
    }
}

#[test]
fn garbage_is_refused_and_never_a_panic() {
    let mut random = Random::new(0xdead_beef_cafe_f00d);
    let pieces =
        ["8000", "9000", "-", "..", "..=", ",", " ", "0", "65535", "65536", "=", ".", "x", "+", "é", "1-2", "\n"];
    for _ in 0..rounds(20_000) {
        let text: String = (0..random.below(7)).map(|_| pieces[random.below(17)]).collect();
        match text.parse::<Ports>() {
            Ok(ports) => assert!(ports.check().is_ok(), "{text:?} is {ports}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{text:?}");
                assert!(!error.to_string().contains('\n'), "{error}");
            }
        }
    }
}

#[test]
fn mistakes_in_text_say_what_to_write() {
    let refused = |text: &str, message: &str| assert_eq!(text.parse::<Ports>().unwrap_err().to_string(), message);
    let forms = "write `8000-8999`, `8000..9000` or `1455,1457`";
    refused("", &format!("no ports are given; {forms}"));
    refused("  ", &format!("no ports are given; {forms}"));
    refused("1455,", &format!("nothing stands beside a comma; {forms}"));
    refused("1455,,1457", &format!("nothing stands beside a comma; {forms}"));
    refused("http", &format!("`http` is no port; {forms}"));
    refused("8000-", &format!("`` is no port; {forms}"));
    refused("8000..", &format!("`` is no port; {forms}"));
    refused("1-2-3", &format!("`2-3` is no port; {forms}"));
    refused("8000...9000", &format!("`.9000` is no port; {forms}"));
    refused("+80", &format!("`+80` is no port; {forms}"));
    refused("0", "0 is no port; start at 1");
    refused("0-10", "0 is no port; start at 1");
    refused("00", "0 is no port; start at 1");
    refused("8000..65536", "65536 is no port: they end at 65535");
    refused("99999999999999999999", "99999999999999999999 is no port: they end at 65535");
    refused("9000-8000", "the range 9000-8000 has no port in it; the lower number comes first");
    refused("8000..8000", "the range 8000..8000 has no port in it; the lower number comes first");
}
