use std::env::VarError;
use std::net::SocketAddr;

use super::Exact;
use crate::{Error, ErrorKind, Host, PortRequest};

/// What the variable says, or `None` where it is unset or empty.
pub(super) fn decide(request: &PortRequest, name: &str) -> Result<Option<PortRequest>, Error> {
    let value = match std::env::var(name) {
        Ok(value) => value,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(value)) => return Err(wrong(name, &value.to_string_lossy())),
    };
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let (host, port) = parse(value).ok_or_else(|| wrong(name, value))?;
    let told_by = format!("{name} is `{}`", value.escape_debug());
    Ok(Some(PortRequest {
        host: host.or_else(|| request.host.clone()),
        exact: Some(Exact { port, told_by, by_port_server: false }),
        ..request.clone()
    }))
}

fn wrong(name: &str, value: &str) -> Error {
    let message = format!(
        "the environment variable {name} is `{}`, which is no port; write `8080`, `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`",
        value.escape_debug()
    );
    Error::new(ErrorKind::EnvironmentVariable, message)
}

pub(super) fn parse(value: &str) -> Option<(Option<Host>, u16)> {
    if let Ok(address) = value.parse::<SocketAddr>() {
        let mut host = address;
        host.set_port(0);
        return Some((Some(Host::at(host)), address.port()));
    }
    let Some((name, port)) = value.rsplit_once(':') else { return Some((None, number(value)?)) };
    let plain = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || ":/[]".contains(c));
    plain.then_some((Some(name.into()), number(port)?))
}

/// `u16::from_str` would take a plus sign as well.
pub(super) fn number(digits: &str) -> Option<u16> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_four_forms() {
        assert_eq!(parse("8080"), Some((None, 8080)));
        assert_eq!(parse("127.0.0.1:8080"), Some((Some("127.0.0.1".into()), 8080)));
        assert_eq!(parse("[::1]:8080"), Some((Some("::1".into()), 8080)));
        assert_eq!(parse("localhost:8080"), Some((Some("localhost".into()), 8080)));
        assert_eq!(parse("0"), Some((None, 0)));
    }

    #[test]
    fn everything_else_is_refused() {
        for value in [
            "65536",
            "99999999999",
            "-1",
            "+80",
            "80 80",
            "0x50",
            "8080/tcp",
            "http",
            ":8080",
            "localhost:",
            "a b:80",
            "::1:8080",
            "[::1]",
            "[::1]:",
            "[localhost]:80",
            "tcp://10.0.0.1:80",
            "127.0.0.1:65536",
            "8080:",
            "８０",
        ] {
            assert_eq!(parse(value), None, "{value}");
        }
    }
}
