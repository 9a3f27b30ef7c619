//! What to say where no option was found: names from other tools, typos, and values without a name.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Lit, LitStr};

use crate::errors::Mistake;
use crate::likeness::likeliest;
use crate::options::{self, OPTIONS};
use crate::tokens::{is_punct, text};
use crate::value::Scope;
use crate::value::host::looks_like_ipv4;

/// Names from other tools, and the option that is closest to them.
const OTHER_NAMES: [(&str, &[&str]); 13] = [
    (
        "host",
        &[
            "addr",
            "address",
            "bind",
            "bindaddr",
            "bindaddress",
            "bindto",
            "bindhost",
            "listenaddr",
            "ip",
            "hostname",
            "interface",
            "listen",
            "server",
        ],
    ),
    (
        "range",
        &[
            "ports",
            "portrange",
            "between",
            "min",
            "max",
            "from",
            "to",
            "start",
            "end",
            "first",
            "last",
            "pool",
            "minport",
            "maxport",
            "startport",
            "endport",
            "fromport",
            "toport",
            "low",
            "high",
        ],
    ),
    ("prefer", &["preferred", "preferredport", "preferport", "default", "defaultport", "try", "fallback", "hint"]),
    ("port", &["exact", "fixed", "number", "exactport", "fixedport", "only"]),
    ("env", &["var", "variable", "envvar", "environment", "envport", "portenv"]),
    (
        "inherit",
        &[
            "name",
            "fd",
            "fdname",
            "systemd",
            "activation",
            "socket",
            "listenfds",
            "listenfd",
            "inherited",
            "inheritnamed",
        ],
    ),
    ("portserver", &["portpicker", "server_address", "pick"]),
    ("order", &["strategy", "shuffle", "sort", "selection", "random", "lowest", "stable"]),
    (
        "except",
        &["exclude", "excluded", "skip", "without", "not", "ignore", "blacklist", "denylist", "avoid", "reserved"],
    ),
    ("backlog", &["queue", "maxconnections", "pending", "somaxconn"]),
    ("timeout", &["deadline", "wait", "readtimeout", "writetimeout", "accepttimeout", "duration", "ttl"]),
    ("request", &["base", "policy", "builder", "config", "settings", "template"]),
    ("crate", &["runtime", "path", "krate", "cratename", "cratepath"]),
];

/// Wishes that are no options, and what to do about them.
const WISHES: [(&[&str], &str); 15] = [
    (
        &["ephemeral", "any", "free", "unused", "dynamic", "randomport", "auto", "anyport", "freeport"],
        "any free port is what you get without options; leave it out",
    ),
    (&["test", "main", "ignore", "shouldpanic"], "write it as an attribute of its own, below this one"),
    (&["public", "external", "everywhere", "wildcard"], "write `host = \"0.0.0.0\"`"),
    (
        &["tcp", "udp", "protocol", "proto", "kind", "type"],
        "write the type of the parameter, `listener: TcpListener` or `socket: UdpSocket`",
    ),
    (&["count", "n", "num", "amount", "many"], "take an array, as in `listeners: [TcpListener; 3]`"),
    (&["ipv6", "v6", "inet6"], "write `host = \"::1\"`, or take a `DualStack<TcpListener>`"),
    (&["ipv4", "v4", "inet"], "write `host = \"127.0.0.1\"`, which is the default"),
    (&["dualstack", "v6only", "ipv6only", "both"], "take a `DualStack<TcpListener>`"),
    (
        &["retries", "retry", "attempts", "tries", "maxretries", "maxattempts", "maxtries"],
        "nothing has to be tried again, since a port that was found is bound already; leave it out",
    ),
    (
        &["reuse", "reuseaddr", "reuseport", "reuseaddress", "exclusive", "soreuseaddr", "soreuseport"],
        "a port is nobody else's, and a server that restarts gets it back by itself; leave it out",
    ),
    (
        &["nonblocking", "blocking", "tokio", "async"],
        "take the type of your runtime, as in `listener: tokio::net::TcpListener`",
    ),
    (&["flavor", "workerthreads", "startpaused", "threads", "workers"], "write it in `#[tokio::test]` below"),
    (&["seed", "key"], "write `order = stable(\"key\")`"),
    (&["panic", "unwrap", "panics"], "write `on_error = panic`"),
    (&["return", "result", "returns", "err", "error", "onerr", "onfail", "onfailure"], "write `on_error = return`"),
];

/// What to say to `hots = "localhost"`.
pub(crate) fn option(name: &Ident, rest: &[TokenTree], scope: &Scope) -> Mistake {
    let typed = name.unraw().to_string();
    let all: TokenStream = [TokenTree::from(name.clone())].into_iter().chain(rest.iter().cloned()).collect();
    let value: TokenStream = rest.iter().skip(1).cloned().collect();
    let begins = |signs: &str| signs.chars().enumerate().all(|(index, sign)| is_punct(rest.get(index), sign));
    if typed == "free_port" {
        let inside = match rest {
            [TokenTree::Group(group)] => text(&group.stream()),
            _ => "prefer = 8080".to_owned(),
        };
        let message = "a mark stands in front of its parameter, and options stand here alone";
        Mistake::at(&all, format!("{message}; write `{inside}`"))
    } else if begins(".") || begins("::") || begins("!") {
        Mistake::at(&all, without_name(&all))
    } else if scope.contains(&typed) {
        let options = if begins("=") { format!("({})", option_for(&value)) } else { String::new() };
        let fix = format!("write `#[free_port{options}] {typed}` in the signature");
        Mistake::at(name, format!("`{typed}` is a parameter, and no option; {fix}"))
    } else if typed == "stable" {
        let call = if rest.is_empty() { "stable(\"key\")".to_owned() } else { text(&all) };
        Mistake::at(&all, format!("`stable` stands without the name of its option; write `order = {call}`"))
    } else if typed == "localhost" && begins(":") {
        let message = "a host and a port are two options";
        Mistake::at(&all, format!("{message}; write `host = \"localhost\", prefer = {}`", text(&value)))
    } else if let Some(message) = value_alone(&typed).filter(|_| rest.is_empty()) {
        Mistake::at(name, message)
    } else {
        Mistake::at(name, other_name(&typed, value))
    }
}

/// What to say to a word that is a value elsewhere.
fn value_alone(typed: &str) -> Option<String> {
    match typed {
        "lowest" | "random" => {
            Some(format!("`{typed}` stands without the name of its option; write `order = {typed}`"))
        }
        "localhost" | "loopback" => {
            Some("a host stands behind the name of its option; write `host = \"localhost\"`".to_owned())
        }
        _ if is_socket(typed) => Some(format!("a type stands in the signature; write `fn …(listener: {typed})`")),
        _ => None,
    }
}

/// What to say to a name that means something elsewhere, and to a typo.
fn other_name(typed: &str, value: TokenStream) -> String {
    let plain = typed.replace('_', "").to_lowercase();
    if let Some((_, fix)) = WISHES.iter().find(|(names, _)| names.contains(&plain.as_str())) {
        return format!("there is no option `{typed}`; {fix}");
    }
    if let Some(unit) = plain.strip_prefix("timeout").filter(|unit| !unit.is_empty()) {
        let unit = if unit.starts_with("ms") || unit.starts_with("milli") { "ms" } else { "s" };
        let number = syn::parse2::<syn::LitInt>(value);
        let number = number.map_or_else(|_| "5".to_owned(), |number| number.base10_digits().to_owned());
        return format!("unknown option `{typed}`; write `timeout = \"{number}{unit}\"`");
    }
    let is_number = syn::parse2::<syn::LitInt>(value.clone()).is_ok();
    let meant = OTHER_NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(meant, _)| *meant);
    if meant == Some("host") && is_number {
        return format!("unknown option `{typed}`; write `{}`", option_for(&value));
    }
    if let Some(meant) = meant.or_else(|| likeliest(typed, OPTIONS.iter().map(|row| row.name))) {
        return format!("unknown option `{typed}`; did you mean `{meant}`?");
    }
    let names: Vec<_> = OPTIONS.iter().map(|row| format!("`{}`", row.name)).collect();
    format!("unknown option `{typed}`; the options are {}", names.join(", "))
}

/// What to say to `#[with_free_port(8080)]`.
pub(crate) fn without_name(value: &TokenStream) -> String {
    let typed = text(value);
    let trees: Vec<TokenTree> = value.clone().into_iter().collect();
    if let [TokenTree::Group(group)] = &trees[..] {
        let inside = text(&group.stream());
        if options::row(word(&inside)).is_some() {
            return format!("options stand in one pair of parentheses; write `{inside}`");
        }
    }
    if is_punct(trees.first(), '=') {
        let value: TokenStream = trees[1..].iter().cloned().collect();
        return format!("the name of the option is missing; write `{}`", option_for(&value));
    }
    if let Some(argument) = typed.strip_prefix("--").filter(|argument| options::row(word(argument)).is_some()) {
        return format!("an option has no dashes in front; write `{argument}`");
    }
    if typed.trim_matches('.').is_empty() {
        return format!("what is not written is as usual already; remove `{typed}`");
    }
    if let Some(name) = typed.strip_prefix('!').filter(|name| options::row(name).is_some()) {
        return format!("what is not asked for is not done; leave `{name}` out");
    }
    let last = typed.rsplit("::").next().unwrap_or_default();
    if last != typed && ["test", "main"].contains(&last) {
        return format!("`{typed}` is an attribute of its own; write `#[{typed}]` below this one");
    }
    if last != typed && is_socket(last) {
        return format!("a type stands in the signature; write `fn …(listener: {typed})`");
    }
    format!("`{typed}` stands without the name of its option; write `{}`", option_for(value))
}

/// The first word of a text.
fn word(text: &str) -> &str {
    text.split([' ', '=', ',']).next().unwrap_or_default()
}

fn is_socket(name: &str) -> bool {
    ["TcpListener", "UdpSocket", "ReservedPort", "TcpSocket", "TcpStream"].contains(&name)
}

/// The option that a value seems to be for, with the value.
pub(crate) fn option_for(value: &TokenStream) -> String {
    let typed = text(value);
    match syn::parse2::<Lit>(value.clone()) {
        Ok(Lit::Str(text)) => for_text(&text),
        Ok(Lit::Int(number)) if matches!(number.suffix(), "s" | "ms") => format!("timeout = \"{typed}\""),
        Ok(Lit::Int(_)) => format!("prefer = {typed}"),
        _ if typed.starts_with("[\"") => match typed.trim_matches(['[', ']']).split(", ").next() {
            Some(first) if !typed.contains(".") => option_for(&first.parse().unwrap_or_default()),
            _ => format!("host = {}", typed.trim_matches(['[', ']'])),
        },
        _ if typed.contains("..") || typed.starts_with('[') => format!("range = {typed}"),
        _ if typed.contains("Duration") => format!("timeout = {typed}"),
        _ if typed.contains("PortRequest") => format!("request = {typed}"),
        _ if typed.contains("Order::") => format!("order = {typed}"),
        _ if typed.contains("Addr") || typed.contains("Host") => format!("host = {typed}"),
        _ if looks_like_ipv4(&typed) => format!("host = \"{typed}\""),
        _ if typed.contains("env!") || typed.contains("env::var") => "env = \"PORT\"".to_owned(),
        // Nothing that we know: better a whole example than half a guess.
        _ => "prefer = 8080".to_owned(),
    }
}

fn for_text(literal: &LitStr) -> String {
    let text = literal.value();
    let is_variable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    match text.rsplit_once(':') {
        _ if text.parse::<u16>().is_ok() => format!("prefer = {text}"),
        _ if is_variable => format!("env = {}", literal.token()),
        Some((host, port)) if !host.contains(':') && port.parse::<u16>().is_ok() => {
            format!("host = \"{host}\", prefer = {port}")
        }
        _ => format!("host = {}", literal.token()),
    }
}
