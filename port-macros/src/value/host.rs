//! `host = "127.0.0.1"`. Whether a name resolves is known when the program runs.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

pub(crate) fn check(host: &str) -> Result<(), String> {
    let (address, zone) = host.split_once('%').map_or((host, None), |(address, zone)| (address, Some(zone)));
    let inside_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_no_name = |letter: char| letter == '/' || letter.is_whitespace();
    let looks_like_ipv4 = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if host.is_empty() {
        Err("the host is empty; write `host = \"127.0.0.1\"`, or leave the option out".to_owned())
    } else if host.parse::<IpAddr>().is_ok()
        || zone.is_some_and(|zone| !zone.is_empty() && !zone.contains(is_no_name))
            && address.parse::<Ipv6Addr>().is_ok()
    {
        Ok(())
    } else if let Some(address) = inside_brackets {
        Err(format!("brackets belong to an address with a port; write `host = \"{address}\"`"))
    } else if let Some((host, port)) = split_port(host) {
        Err(format!("`host` takes no port; write `host = \"{host}\", prefer = {port}`"))
    } else if host.contains(is_no_name) {
        Err(format!("`{host}` is neither a name nor an address; write `host = \"127.0.0.1\"`"))
    } else if looks_like_ipv4 {
        Err(format!("`{host}` is not an IPv4 address; write four numbers from 0 to 255, as in `127.0.0.1`"))
    } else if host.contains(':') {
        Err(format!("`{host}` is not an IPv6 address; write it as in `::1` or `fe80::1`"))
    } else {
        Ok(())
    }
}

/// `127.0.0.1:8080`, `[::1]:8080` and `localhost:8080`.
fn split_port(host: &str) -> Option<(String, u16)> {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return Some((address.ip().to_string(), address.port()));
    }
    let (name, port) = host.split_once(':')?;
    let is_name = !name.is_empty() && !name.bytes().all(|byte| byte.is_ascii_digit());
    Some((name.to_owned(), port.parse().ok()?)).filter(|_| is_name)
}
