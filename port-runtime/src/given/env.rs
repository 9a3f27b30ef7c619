//! A port, and perhaps a host, in an environment variable, as platforms and containers give it.
//!
//! Only reads the variable and the value; a name is resolved by whoever binds.

use std::borrow::Cow;
use std::env::VarError;
use std::net::SocketAddr;

use super::Assigned;
use crate::error::{Error, ErrorKind};
use crate::host::{Host, meant, name};

/// What the variable says, or `None` where it is unset or empty.
pub(crate) fn assigned(variable: &str) -> Result<Option<Assigned>, Error> {
    let value = match std::env::var(variable) {
        Ok(value) => value,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(value)) => return Err(wrong(variable, &value.to_string_lossy(), NO_PORT)),
    };
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let (host, port) = parse(value).map_err(|why| wrong(variable, value, &why))?;
    Ok(Some(Assigned { host, port, by: format!("{variable} is `{}`", value.escape_debug()) }))
}

const NO_PORT: &str = "which is no port";

fn wrong(variable: &str, value: &str, why: &str) -> Error {
    let write = match meant::port(value).filter(|meant| parse(meant).is_ok()) {
        Some(meant) => format!("`{meant}`"),
        None => "`8080`, `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`".to_owned(),
    };
    let message = format!("the environment variable {variable} is `{}`, {why}; write {write}", value.escape_debug());
    Error::new(ErrorKind::EnvironmentVariable, message)
}

/// What a value says, or what is to be said of it.
pub(super) fn parse(value: &str) -> Result<(Option<Host>, u16), Cow<'static, str>> {
    if let Ok(address) = value.parse::<SocketAddr>() {
        return Ok(at(address));
    }
    let Some((name, digits)) = value.rsplit_once(':') else { return Ok((None, number(value).ok_or(NO_PORT)?)) };
    let port = number(digits).ok_or(NO_PORT)?;
    let bracketed = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some((address, interface)) = bracketed.and_then(name::in_scope) {
        let address = name::on_interface(address, interface).map_err(|why| format!("and {why}"))?;
        return Ok((Some(Host::at(address.into())), port));
    }
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || ":/[]".contains(c)) {
        return Err(NO_PORT.into());
    }
    if name::abbreviates_an_address(name) {
        return Err(format!("where `{name}` {}", name::NEITHER).into());
    }
    Ok((Some(name.into()), port))
}

fn at(mut address: SocketAddr) -> (Option<Host>, u16) {
    let port = address.port();
    address.set_port(0);
    (Some(Host::at(address)), port)
}

/// `u16::from_str` would take a plus sign as well.
pub(super) fn number(digits: &str) -> Option<u16> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6};

    use super::{NO_PORT, parse};
    use crate::host::Host;

    #[test]
    fn the_four_forms() {
        assert_eq!(parse("8080"), Ok((None, 8080)));
        assert_eq!(parse("127.0.0.1:8080"), Ok((Some(Ipv4Addr::LOCALHOST.into()), 8080)));
        assert_eq!(parse("[::1]:8080"), Ok((Some(Ipv6Addr::LOCALHOST.into()), 8080)));
        assert_eq!(parse("localhost:8080"), Ok((Some("localhost".into()), 8080)));
        assert_eq!(parse("0"), Ok((None, 0)));
    }

    #[test]
    fn a_name_may_have_numbers_in_it() {
        for name in ["10.example", "web.1.local", "1a", "0xfg", "3com.com", "host-1", "x0x7f"] {
            assert_eq!(parse(&format!("{name}:80")), Ok((Some(name.into()), 80)));
        }
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
            "[localhost%1]:80",
            "[127.0.0.1%1]:80",
            "tcp://10.0.0.1:80",
            "127.0.0.1:65536",
            "8080:",
            "８０",
        ] {
            assert_eq!(parse(value), Err(NO_PORT.into()), "{value}");
        }
    }

    /// `inet_aton(3)` takes these, and so does `getaddrinfo(3)`.
    #[test]
    fn an_abbreviated_address_is_refused() {
        for host in [
            "0",
            "1",
            "00",
            "127.1",
            "127.0.1",
            "0x7f.1",
            "0X7F.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "010.0.0.1",
            "127.0.0.1.",
            "256.0.0.1",
            "1.2.3.4.5",
            "0x",
            ".",
            "1.",
        ] {
            let why = format!("where `{host}` is neither a whole address nor a name");
            assert_eq!(parse(&format!("{host}:80")), Err(why.into()));
        }
    }

    #[cfg_attr(miri, ignore = "Miri does not know `if_nametoindex`")]
    #[test]
    fn a_scope_is_a_number_or_an_interface() {
        let scoped = |scope| Host::at(SocketAddrV6::new("fe80::1".parse().unwrap(), 0, 0, scope).into());
        assert_eq!(parse("[fe80::1%7]:80"), Ok((Some(scoped(7)), 80)));
        for interface in ["no-such-interface", "", "lo\0", "a%b", "1x"] {
            let why = format!("and this machine has no interface `{}`", interface.escape_debug());
            assert_eq!(parse(&format!("[fe80::1%{interface}]:80")), Err(why.into()));
        }
        #[cfg(target_os = "linux")]
        {
            let number = std::fs::read_to_string("/sys/class/net/lo/ifindex").unwrap();
            assert_eq!(parse("[fe80::1%lo]:80"), Ok((Some(scoped(number.trim().parse().unwrap())), 80)));
        }
    }
}
