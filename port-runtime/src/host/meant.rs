//! What somebody meant who wrote more than a host: a URL, a port behind it, quotes around it.
//!
//! Only for messages: nothing here is ever bound.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The host in it, where that is plain and is not all of it.
pub(super) fn host(written: &str) -> Option<String> {
    let host = match without_port(core(written)) {
        Some((host, _)) => host,
        None => core(written).to_owned(),
    };
    let host = if host == "*" { "0.0.0.0".to_owned() } else { host };
    // With a number at its end it would be part of an address.
    let is_name = host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
        && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    let is_host = host.parse::<IpAddr>().is_ok() || is_name;
    (is_host && host != written).then_some(host)
}

/// A port, with its host if there is one, as a variable has to say it.
pub(crate) fn port(written: &str) -> Option<String> {
    let core = core(written);
    let is_port = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok();
    match without_port(core) {
        Some((host, port)) if host.contains(':') => Some(format!("[{host}]:{port}")),
        Some((host, port)) => Some(format!("{host}:{port}")),
        None => Some(core.trim_start_matches(':').to_owned()).filter(|port| is_port(port)),
    }
    .filter(|meant| meant != written)
}

/// Without quotes, without a scheme, and without what follows a `/`.
fn core(written: &str) -> &str {
    let bare = written.trim_matches(['"', '\'', ' ']);
    let behind_scheme = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    behind_scheme.split('/').next().unwrap_or(behind_scheme)
}

fn without_port(text: &str) -> Option<(String, u16)> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((address.ip().to_string(), address.port()));
    }
    let (host, port) = text.rsplit_once(':')?;
    let is_host = !host.is_empty() && (!host.contains(':') || host.parse::<Ipv6Addr>().is_ok());
    Some((host.to_owned(), port.parse().ok()?)).filter(|_| is_host)
}

#[cfg(test)]
mod tests {
    use super::{host, port};

    #[test]
    fn hosts() {
        for (written, meant) in [
            ("127.0.0.1:8080", Some("127.0.0.1")),
            ("[::1]:8080", Some("::1")),
            ("localhost:80", Some("localhost")),
            ("http://localhost:80/path", Some("localhost")),
            ("tcp://10.0.0.1", Some("10.0.0.1")),
            ("127.0.0.1/8", Some("127.0.0.1")),
            ("\"localhost\"", Some("localhost")),
            ("*", Some("0.0.0.0")),
            ("*:8080", Some("0.0.0.0")),
            ("localhost", None),
            ("two words", None),
            ("http://", None),
            ("0:80", None),
            (":8080", None),
            ("a,b", None),
            ("", None),
        ] {
            assert_eq!(host(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn ports() {
        for (written, meant) in [
            (":8080", Some("8080")),
            ("8080/tcp", Some("8080")),
            ("'8080'", Some("8080")),
            ("::1:8080", Some("[::1]:8080")),
            ("tcp://10.0.0.1:80", Some("10.0.0.1:80")),
            ("http://localhost:3000/", Some("localhost:3000")),
            ("8080", None),
            ("+80", None),
            (":65536", None),
            ("127.0.0.1", None),
            ("80,81", None),
            ("", None),
        ] {
            assert_eq!(port(written).as_deref(), meant, "{written}");
        }
    }
}
