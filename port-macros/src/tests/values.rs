//! What is known about values before rustc sees them.

use super::{mistakes, tokens};
use crate::options;
use crate::rewrite;

#[test]
fn literals_that_are_right_pass_as_they_are() {
    for (option, values) in [
        (
            "host",
            &["\"127.0.0.1\"", "\"::1\"", "\"fe80::1%eth0\"", "\"localhost\"", "\"my-host.example.com\"", "HOST"][..],
        ),
        (
            "range",
            &[
                "8000..9000",
                "8000..=8000",
                "1..65535",
                "1..=65535",
                "8_000u16..0x2000",
                "FIRST..LAST",
                "RANGE",
                "(1..2)",
            ],
        ),
        ("prefer", &["1", "65535", "0x1F90", "8080u16", "PORT", "80 + 8000"]),
        ("env", &["\"PORT\"", "crate::NAME", "concat!(\"PO\", \"RT\")"]),
        ("inherit", &["\"http\"", "NAME"]),
        ("timeout", &["TIMEOUT", "Duration::from_secs(1)"]),
        ("backlog", &["0", "128", "BACKLOG"]),
        ("on_error", &["panic", "return"]),
        ("crate", &["::port_runtime", "crate::a::b", "self::x", "super::x"]),
    ] {
        for value in values {
            let item = "fn f(listener: L) -> io::Result<()> {}";
            let output = rewrite(&tokens(&format!("{option} = {value}")), tokens(item)).to_string();
            let passed = options::row(option).is_some() && output.contains(&tokens(value).to_string());
            let is_setting = option == "on_error" || option == "crate";
            assert!(!output.contains("compile_error") && (passed || is_setting), "{option} = {value}: {output}");
        }
    }
}

#[test]
fn literals_that_are_wrong_are_named() {
    for (option, values) in [
        (
            "host",
            &["\"\"", "\"127.0.0\"", "\"1.2.3.4.5\"", "\"1\"", "\"::1%\"", "\"a b\"", "\"[::1]:80\"", "\"1:2:3\"", "8"]
                [..],
        ),
        (
            "range",
            &[
                "0..1",
                "9..8",
                "9..=8",
                "8..8",
                "1..65536",
                "1..=65536",
                "65536..65537",
                "1..",
                "..1",
                "..=1",
                "..",
                "1...2",
            ],
        ),
        ("range", &["99999999999999999999..1", "1..99999999999999999999", "\"1-2\"", "\"\"", "8000"]),
        ("prefer", &["0", "65536", "99999999999999999999", "\"8080\"", "1..2"]),
        ("env", &["\"\"", "\"PORT=1\""]),
        ("inherit", &["\"\"", "\"a:b\""]),
        ("timeout", &["5", "1.5", "\"\"", "\"0s\""]),
        ("on_error", &["abort", "\"panic\"", "panic!()"]),
        ("crate", &["\"port_runtime\"", "a::", "a.b", "8"]),
    ] {
        for value in values {
            let messages = mistakes(&format!("{option} = {value}"), "fn f(listener: L) -> io::Result<()> {}");
            let [message] = &messages[..] else { panic!("{option} = {value}: {messages:?}") };
            assert!(message.contains("; ") && !message.ends_with('.'), "{option} = {value}: {message}");
        }
    }
}

#[test]
fn what_to_write_instead_is_right() {
    for (found, expected) in [
        ("range = 8000..65536", "write `8000..=65535`"),
        ("range = 0..=10", "write `1..=10`"),
        ("range = \"8000-9000\"", "write `range = 8000..=9000`"),
        ("range = \"8100..=8200\"", "write `range = 8100..=8200`"),
        ("range = \"all\"", "write `range = 8000..9000`"),
        ("host = \"[::1]:8080\"", "write `host = \"::1\", prefer = 8080`"),
        ("timeout = 5", "write `timeout = \"5s\"`"),
        ("8080", "write `prefer = 8080`"),
        ("8000 .. 9000", "write `range = 8000..9000`"),
    ] {
        let [message] = &mistakes(found, "fn f(listener: L) {}")[..] else { panic!("{found}: one message") };
        assert!(message.ends_with(expected), "{found}: {message}");
    }
}

/// What may have an effect is left alone.
#[test]
fn options_that_do_something_pass() {
    for (arguments, item) in [
        ("order = random, range = 1..2", "fn f(l: TcpListener) {}"),
        ("order = random, request = policy()", "fn f(l: TcpListener) {}"),
        ("range = 1..2", "fn f(#[free_port(order = random)] l: TcpListener) {}"),
        ("order = random", "fn f(#[free_port(range = 1..2)] a: TcpListener, #[free_port] b: TcpListener) {}"),
        ("order = random", "fn f(#[free_port(request = policy())] l: TcpListener) {}"),
        ("port = args.port, env = \"PORT\"", "fn f(args: Args, #[free_port] l: TcpListener) {}"),
        ("prefer = 80", "fn f(#[free_port(port = 8080)] a: TcpListener, #[free_port] b: TcpListener) {}"),
        ("prefer = 80", "fn f(#[free_port(except = [80])] a: TcpListener, #[free_port] b: TcpListener) {}"),
        ("prefer = 80, except = 81..=90", "fn f(l: TcpListener) {}"),
        ("prefer = 80, except = 70..80", "fn f(l: TcpListener) {}"),
        ("prefer = 80, except = PORTS", "fn f(l: TcpListener) {}"),
        ("port = 8080, except = [80]", "fn f(l: TcpListener) {}"),
        ("env = \"PORT\"", "fn f(l: [TcpListener; 1]) {}"),
        ("env = \"PORT\"", "fn f(l: [TcpListener; N - 2]) {}"),
        ("port = 0", "fn f(l: [TcpListener; 2]) {}"),
        ("backlog = 5", "fn f(a: TcpListener, b: UdpSocket) {}"),
        ("backlog = 5", "fn f(a: (TcpListener, UdpSocket)) {}"),
        ("backlog = 5", "fn f(a: mine::Server<UdpSocket>) {}"),
        ("backlog = 5", "fn f(a: A) {}"),
        ("timeout = \"5s\"", "fn f(a: TcpListener, b: tokio::net::TcpListener) {}"),
        ("timeout = 30 * SECOND", "fn f(l: TcpListener) {}"),
        ("timeout = std::time::Duration::from_millis(30)", "fn f(l: TcpListener) {}"),
        ("inherit", "fn f(l: TcpListener, p: ReservedPort) {}"),
        // A type of that name may be the user's own.
        ("", "fn f(s: String, l: TcpListener) {}"),
        // All of these are read where they can be.
        ("port = n as u16", "fn f(n: u32, #[free_port] l: TcpListener) {}"),
        ("port = n.port.or(Some(8080))", "fn f(n: Args, #[free_port] l: TcpListener) {}"),
        ("prefer = if let Some(p) = n { p } else { 5 }", "fn f(n: Args, #[free_port] l: TcpListener) {}"),
        ("prefer = { let p = 5; p }", "fn f(l: TcpListener) {}"),
        ("prefer = [1, 2].map(|x| x)[0]", "fn f(l: TcpListener) {}"),
        ("prefer = pick!(first)", "fn f(l: TcpListener) {}"),
        ("prefer = numbers::first(u16::MAX)", "fn f(l: TcpListener) {}"),
        ("prefer = P { port: 5 }.port", "fn f(l: TcpListener) {}"),
        ("range = low..=low + 5", "fn f(low: u16, #[free_port] l: TcpListener) {}"),
        ("prefer = \"5\".parse::<u16>().unwrap()", "fn f(l: TcpListener) {}"),
        ("prefer = self.0.port", "fn f(&self, l: TcpListener) {}"),
        ("port = checked(\"5\".parse().unwrap())", "fn f(l: TcpListener) {}"),
        ("port = \"5\".parse().unwrap_or(5_u16)", "fn f(l: TcpListener) {}"),
        ("prefer = { let m: Map<u8, u16> = map(); m.len() as u16 }", "fn f(l: TcpListener) {}"),
        ("prefer = std::env::var(\"PORT\").unwrap_or(\"80\".into()).parse().unwrap()", "fn f(l: TcpListener) {}"),
        ("prefer = std::env::var(\"PORT\").map_or(80, |_| 81)", "fn f(l: TcpListener) {}"),
        ("range = range(8000, 9000)", "fn f(l: TcpListener) {}"),
        ("range = { 8000..9000 }", "fn f(l: TcpListener) {}"),
        ("timeout = 5.seconds()", "fn f(l: TcpListener) {}"),
        ("timeout = secs(5)", "fn f(l: TcpListener) {}"),
        ("env = self::PORT, inherit = names::HTTP", "fn f(l: TcpListener) {}"),
        ("host = SocketAddr::from(([127, 0, 0, 1], 80)).ip()", "fn f(l: TcpListener) {}"),
        ("host = IpAddr::V4(Ipv4Addr::UNSPECIFIED)", "fn f(l: TcpListener) {}"),
        ("", "fn f(servers: Vec<Server>, #[free_port] l: TcpListener) {}"),
        ("", "fn f(#[free_port] l: TcpListener, kept: Arc<TcpListener>) {}"),
        ("env = PORT", "fn f(PORT: &'static str, #[free_port] l: TcpListener) {}"),
        ("env = env.name", "fn f(env: Names, #[free_port] l: TcpListener) {}"),
    ] {
        let told = mistakes(arguments, item);
        assert!(told.is_empty(), "#[with_free_port({arguments})] {item}: {told:?}");
    }
    let later = "fn f(#[free_port] a: TcpListener, #[free_port(port = a.port())] b: TcpListener) {}";
    assert!(mistakes("", later).is_empty());
}
