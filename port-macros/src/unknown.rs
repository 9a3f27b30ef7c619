//! What to say where no option has the name: names from other tools, and typos.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;

use crate::errors::Mistake;
use crate::likeness::likeliest;
use crate::nameless::{is_socket, option_for, without_name};
use crate::options::{OPTIONS, row};
use crate::tokens::{is_punct, stream, text};
use crate::value::Scope;

/// Names from other tools, and the option that is closest to them.
const OTHER_NAMES: [(&str, &[&str]); 14] = [
    ("host", &["addr", "address", "bind", "bindto", "ip", "hostname", "interface", "listen", "server"]),
    (
        "range",
        &["ports", "between", "min", "max", "from", "to", "start", "end", "first", "last", "pool", "low", "high"],
    ),
    ("prefer", &["preferred", "preferport", "default", "defaultport", "try", "fallback", "hint"]),
    ("port", &["exact", "fixed", "number", "only"]),
    ("env", &["var", "variable", "environment"]),
    (
        "inherit",
        &["name", "fd", "systemd", "activation", "socket", "listenfds", "listenfd", "inherited", "inheritnamed"],
    ),
    ("portserver", &["portpicker", "pick"]),
    (
        "order",
        &[
            "strategy",
            "sequential",
            "deterministic",
            "mode",
            "shuffle",
            "sort",
            "selection",
            "random",
            "lowest",
            "stable",
        ],
    ),
    (
        "except",
        &[
            "exclude",
            "excluded",
            "skip",
            "without",
            "not",
            "ignore",
            "blacklist",
            "denylist",
            "blocked",
            "avoid",
            "reserved",
        ],
    ),
    ("backlog", &["queue", "pending", "somaxconn", "connections"]),
    ("timeout", &["deadline", "wait", "duration", "ttl"]),
    ("request", &["base", "policy", "builder", "config", "settings", "template"]),
    ("crate", &["path", "krate", "cratename", "cratepath"]),
    ("on_error", &["err", "error", "onerr", "onfail", "onfailure"]),
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
    (
        &[
            "count",
            "n",
            "num",
            "amount",
            "many",
            "howmany",
            "size",
            "len",
            "numports",
            "portcount",
            "instances",
            "quantity",
        ],
        "take an array, as in `listeners: [TcpListener; 3]`",
    ),
    (&["ipv6", "v6", "inet6"], "write `host = \"::1\"`, or take a `DualStack<TcpListener>`"),
    (&["ipv4", "v4", "inet"], "write `host = \"127.0.0.1\"`, which is the default"),
    (&["dualstack", "v6only", "ipv6only", "both"], "take a `DualStack<TcpListener>`"),
    (
        &["retries", "retry", "attempts", "tries", "maxretries", "maxattempts", "maxtries"],
        "nothing has to be tried again, since a port that was found is bound already; leave it out",
    ),
    (
        &[
            "hold",
            "lock",
            "unique",
            "reserve",
            "release",
            "reuse",
            "reuseaddr",
            "reuseport",
            "reuseaddress",
            "exclusive",
            "soreuseaddr",
            "soreuseport",
        ],
        "a port is nobody else's, and a server that restarts gets it back by itself; leave it out",
    ),
    (
        &["nonblocking", "blocking", "tokio", "async", "runtime", "rt", "executor", "listener"],
        "take the type of your runtime, as in `listener: tokio::net::TcpListener`",
    ),
    (&["flavor", "workerthreads", "startpaused", "threads", "workers"], "write it in `#[tokio::test]` below"),
    (&["seed", "key"], "write `order = stable(\"key\")`"),
    (&["panic", "unwrap", "panics"], "write `on_error = panic`"),
    (&["return", "result", "returns"], "write `on_error = return`"),
];

/// Takes `min = 8000` and `max = 9000` out, which are two mistakes for one wish.
pub(crate) fn take_bounds(options: &mut Vec<Vec<TokenTree>>) -> Option<Mistake> {
    let number = |option: &[TokenTree]| match option {
        [TokenTree::Ident(name), _, TokenTree::Literal(number)] => {
            let is_bound = meant_by_a_word(&name.to_string()) == Some("range");
            number.to_string().parse::<u16>().ok().filter(|_| is_bound)
        }
        _ => None,
    };
    let bounds: Vec<_> = options.iter().filter_map(|option| Some((number(option)?, option.clone()))).collect();
    let [(low, first), (high, _)] = &bounds[..] else { return None };
    options.retain(|option| number(option).is_none());
    let first = stream(first);
    Some(Mistake::at(&first, format!("both ends stand in one option; write `range = {low}..={high}`")))
}

/// What to say to `hots = "localhost"`.
pub(crate) fn option(name: &Ident, rest: &[TokenTree], scope: &Scope) -> Mistake {
    let typed = name.unraw().to_string();
    let all = quote!(#name #(#rest)*);
    let value = stream(rest.get(1..).unwrap_or_default());
    let is_true = matches!(text(&value).as_str(), "true" | "True");
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
    } else if let Some(message) = value_alone(&typed).filter(|_| rest.is_empty() || is_true) {
        Mistake::at(&all, message)
    } else {
        Mistake::at(name, other_name(&typed, &value))
    }
}

/// The option that goes by another name elsewhere.
fn meant(plain: &str) -> Option<&'static str> {
    OTHER_NAMES.iter().find(|(_, names)| names.contains(&plain)).map(|(meant, _)| *meant)
}

/// The option that one of the words in a name means: `host` in `server_host`, and in `listen_addr`.
fn meant_by_a_word(typed: &str) -> Option<&'static str> {
    let typed = typed.to_lowercase();
    let mut best = None;
    for word in typed.split('_').rev() {
        let elsewhere = meant(word);
        let Some(option) = elsewhere.or_else(|| Some(row(word)?.name)) else { continue };
        // Of all words `port` and `name` say the least.
        let rank = (elsewhere != Some("except"), word.starts_with("port") || word == "name");
        if best.is_none_or(|(other, _)| rank < other) {
            best = Some((rank, option));
        }
    }
    best.map(|(_, option)| option)
}

fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
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
fn other_name(typed: &str, value: &TokenStream) -> String {
    let number = syn::parse2::<syn::LitInt>(value.clone()).ok();
    let is_count = number.as_ref().is_some_and(|number| number.base10_parse::<u16>().is_ok_and(|count| count < 256));
    let plain = match plain(typed) {
        ports if ports == "ports" && is_count => "count".to_owned(),
        plain => plain,
    };
    let wish = WISHES.iter().find(|(names, _)| names.contains(&plain.as_str()));
    // `#[ignore]` takes no ports.
    if let Some((_, fix)) = wish.filter(|_| plain != "ignore" || value.is_empty()) {
        return format!("there is no option `{typed}`; {fix}");
    }
    if let Some(unit) = plain.strip_prefix("timeout").filter(|unit| !unit.is_empty()) {
        let unit = if unit.starts_with("ms") || unit.starts_with("milli") { "ms" } else { "s" };
        let number = number.map_or_else(|| "5".to_owned(), |number| number.base10_digits().to_owned());
        return format!("unknown option `{typed}`; write `timeout = \"{number}{unit}\"`");
    }
    let likely = || likeliest(typed, &OPTIONS.each_ref().map(|row| row.name));
    if let Some(meant) = meant(&plain).or_else(likely).or_else(|| meant_by_a_word(typed)) {
        return match meant {
            "host" if number.is_some() => format!("unknown option `{typed}`; write `{}`", option_for(value)),
            _ => format!("unknown option `{typed}`; did you mean `{meant}`?"),
        };
    }
    let mut words = typed.split('_');
    if let Some((_, fix)) = words.find_map(|word| WISHES.iter().find(|(names, _)| names.contains(&word))) {
        return format!("there is no option `{typed}`; {fix}");
    }
    let names: Vec<_> = OPTIONS.iter().map(|row| format!("`{}`", row.name)).collect();
    format!("unknown option `{typed}`; the options are {}", names.join(", "))
}
