//! A port from an environment variable.

use std::ffi::OsString;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use port_runtime::{DualStack, PortRequest};

use crate::support::asker::{Answer, Asker, assert_refused};
use crate::support::{Block, Child};

/// Asks for a port while `PORT` has this value.
fn with(value: impl Into<OsString>, arguments: &[&str]) -> Answer {
    let arguments = [&["tcp", "env=PORT"], arguments].concat();
    Asker::new(arguments).given(|it| _ = it.variable("PORT", value)).ask()
}

#[track_caller]
fn assert_bound(value: impl Into<OsString>, address: impl Into<SocketAddr>) {
    assert_eq!(with(value, &[]), Ok(address.into()));
}

#[test]
fn has_four_forms() {
    let block = Block::for_processes();
    let port = block.port(1);
    assert_bound(port.to_string(), (Ipv4Addr::LOCALHOST, port));
    assert_bound(format!("127.0.0.1:{port}"), (Ipv4Addr::LOCALHOST, port));
    assert_bound(format!("0.0.0.0:{port}"), (Ipv4Addr::UNSPECIFIED, port));
    let address = with(format!("localhost:{port}"), &[]).unwrap();
    assert!(address.ip().is_loopback() && address.port() == port, "{address}");
    // The host of the request is for a number alone.
    assert_eq!(with(port.to_string(), &["host=127.0.0.2"]), Ok(([127, 0, 0, 2], port).into()));
    assert_eq!(with(format!("127.0.0.1:{port}"), &["host=127.0.0.2"]), Ok((Ipv4Addr::LOCALHOST, port).into()));
    let answer = Asker::new(["udp", "env=PORT"]).given(|it| _ = it.variable("PORT", port.to_string())).ask();
    assert_eq!(answer, Ok((Ipv4Addr::LOCALHOST, port).into()));
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn may_be_on_ipv6() {
    let block = Block::for_processes();
    let port = block.port(1);
    assert_bound(format!("[::1]:{port}"), (Ipv6Addr::LOCALHOST, port));
    assert_bound(format!("[::]:{port}"), (Ipv6Addr::UNSPECIFIED, port));
    assert_eq!(with(port.to_string(), &["host=::1"]), Ok((Ipv6Addr::LOCALHOST, port).into()));
}

/// `::1` is in one scope only, which it has to be said to be in by name.
#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn may_have_an_interface_in_it() {
    let block = Block::for_processes();
    let port = block.port(1);
    let number = std::fs::read_to_string("/sys/class/net/lo/ifindex").unwrap();
    for scope in ["lo", number.trim()] {
        let address = with(format!("[::1%{scope}]:{port}"), &[]).unwrap();
        assert_eq!((address.ip(), address.port()), (Ipv6Addr::LOCALHOST.into(), port));
    }
    let refusal = with("[fe80::1%no-such-one]:80", &["prefer=1"]).unwrap_err();
    let start = "EnvironmentVariable the environment variable PORT is `[fe80::1%no-such-one]:80`, and this machine has no \
                 interface `no-such-one`; write ";
    assert!(refusal.starts_with(start), "{refusal}");
}

#[test]
fn may_have_space_around_it() {
    let block = Block::for_processes();
    for space in [" ", "\n", "\t", " \r\n"] {
        let value = format!("{space}{}{space}", block.port(1));
        assert_bound(value, (Ipv4Addr::LOCALHOST, block.port(1)));
    }
}

#[test]
fn of_zero_is_the_kernels_choice() {
    for (value, host) in [("0", Ipv4Addr::LOCALHOST), ("0.0.0.0:0", Ipv4Addr::UNSPECIFIED)] {
        // Neither the preferred port nor the range comes into it: the variable decides.
        let block = Block::for_processes();
        let preferred = format!("prefer={}", block.port(1));
        let range = format!("range={}-{}", block.port(2), block.port(3));
        let address = with(value, &[&preferred, &range]).unwrap();
        assert_eq!(address.ip(), host);
        assert!(address.port() != 0 && !(1..=3).any(|index| address.port() == block.port(index)));
    }
    assert_eq!(with("0", &["host=127.0.0.2"]).unwrap().ip(), Ipv4Addr::new(127, 0, 0, 2));
}

#[test]
fn wins_over_prefer_and_range() {
    let block = Block::for_processes();
    let preferred = format!("prefer={}", block.port(2));
    let range = format!("range={}-{}", block.port(3), block.port(4));
    for others in [&[preferred.as_str()][..], &[&range], &[&preferred, &range]] {
        let answer = with(block.port(1).to_string(), others);
        assert_eq!(answer, Ok((Ipv4Addr::LOCALHOST, block.port(1)).into()));
    }
}

#[test]
fn unset_or_empty_is_passed_over() {
    let block = Block::for_processes();
    let preferred = format!("prefer={}", block.port(1));
    let expected = Ok((Ipv4Addr::LOCALHOST, block.port(1)).into());
    for value in ["", " ", "\n"] {
        assert_eq!(with(value, &[&preferred]), expected, "{value:?}");
    }
    let unset = Asker::new(["tcp", "env=NOT_SET_BY_ANYBODY", &preferred]).given(|it| _ = it.variable("PORT", "1"));
    assert_eq!(unset.ask(), expected);
}

#[test]
fn that_is_no_port_is_quoted() {
    let block = Block::for_processes();
    let preferred = format!("prefer={}", block.port(1));
    let values = [
        "65536",
        "99999999999",
        "-1",
        "+80",
        "80 80",
        "0x50",
        "http",
        "localhost:",
        "[::1]",
        "127.0.0.1",
        "127.0.0.1:65536",
        "two words:80",
        "a/b:80",
        "８０",
        "80,81",
        "80\u{a0}80",
    ];
    for value in values {
        // Nothing else stands in for it.
        let expected = format!(
            "EnvironmentVariable the environment variable PORT is `{}`, which is no port; write `8080`, \
             `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`",
            value.escape_debug()
        );
        assert_eq!(with(value, &[&preferred]), Err(expected));
    }
}

#[test]
fn that_is_nearly_a_port_is_told_what_to_write() {
    for (value, write) in
        [("8080/tcp", "8080"), (":8080", "8080"), ("::1:8080", "[::1]:8080"), ("tcp://10.0.0.1:80", "10.0.0.1:80")]
    {
        let expected = format!(
            "EnvironmentVariable the environment variable PORT is `{value}`, which is no port; write `{write}`"
        );
        assert_eq!(with(value, &["prefer=1"]), Err(expected));
    }
    let expected = "HostNotFound host `*` is neither an address nor a name; write `0.0.0.0`; PORT is `*:8080`";
    assert_eq!(with("*:8080", &["prefer=1"]), Err(expected.to_owned()));
}

/// `0:8080` would be every address, and `10.1:8080` is 10.0.0.1.
#[test]
fn that_abbreviates_an_address_is_refused() {
    for host in ["0", "1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1"] {
        let expected = format!(
            "EnvironmentVariable the environment variable PORT is `{host}:80`, where `{host}` is neither a whole address \
             nor a name; write `8080`, `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`"
        );
        assert_eq!(with(format!("{host}:80"), &["prefer=1"]), Err(expected));
    }
}

#[test]
fn that_is_not_unicode_is_quoted() {
    use std::os::unix::ffi::OsStringExt;

    for value in [&b"\xff"[..], b"80\xff", b"8\xff80"] {
        let shown = String::from_utf8_lossy(value).into_owned();
        let start = format!("EnvironmentVariable the environment variable PORT is `{shown}`, which is no port;");
        assert_refused(with(OsString::from_vec(value.to_vec()), &["prefer=1"]), &start);
    }
}

#[test]
fn that_cannot_be_bound_is_named_in_the_error() {
    let block = Block::for_processes();
    let busy = block.listener(1);
    let port = block.port(1);
    let preferred = format!("prefer={}", block.port(2));
    for value in [port.to_string(), format!("127.0.0.1:{port}")] {
        let refusal = with(&value, &[&preferred]).unwrap_err();
        assert!(refusal.starts_with(&format!("PortInUse port {port} on 127.0.0.1 is in use")), "{refusal}");
        assert!(refusal.ends_with(&format!("; PORT is `{value}`")), "{refusal}");
    }
    drop(busy);
    // `.invalid` is promised never to exist: RFC 2606.
    let refusal = with("no-such-host.invalid:80", &[&preferred]).unwrap_err();
    assert!(refusal.starts_with("HostNotFound host `no-such-host.invalid` does not resolve: "), "{refusal}");
    assert!(refusal.ends_with("; PORT is `no-such-host.invalid:80`"), "{refusal}");
    // For documentation only, RFC 5737: nobody has it.
    let refusal = with("203.0.113.1:80", &[&preferred]).unwrap_err();
    assert!(refusal.starts_with("AddrNotAvailable cannot bind 203.0.113.1: "), "{refusal}");
    assert!(refusal.ends_with("; PORT is `203.0.113.1:80`"), "{refusal}");
}

/// Whoever wonders where an address comes from is told.
#[test]
fn a_host_of_one_family_is_told_where_both_are_wanted() {
    Child::new().given(|it| _ = it.variable("PORT", "203.0.113.1:8080")).run(|| {
        let error = PortRequest::new().env("PORT").bind::<DualStack<TcpListener>>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`DualStack` needs an address of both families, and 203.0.113.1 has none of the other; leave `host` out or \
             give `::`; PORT is `203.0.113.1:8080`"
        );
    });
}
