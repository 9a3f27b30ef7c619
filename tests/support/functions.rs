//! Random functions that are right, from a seed: text, so that nothing here knows tokens.

use crate::random::Random;

/// A function that compiles without a warning, and what stands in the attribute on it.
#[derive(Debug)]
pub struct Annotated {
    /// The options in the attribute.
    pub arguments: String,
    /// The function below it.
    pub item: String,
}

/// A pattern and a type to fill, with the variables that the pattern binds.
const FILLED: [(&str, &str, &[&str]); 10] = [
    ("NAME", "std::net::TcpListener", &["NAME"]),
    ("NAME", "::std::net::UdpSocket", &["NAME"]),
    ("_", "std::net::TcpListener", &[]),
    ("_NAME", "[std::net::TcpListener; 1 + 1]", &[]),
    ("[NAME_a, NAME_b]", "[std::net::UdpSocket; 1 + 1]", &["NAME_a", "NAME_b"]),
    ("(ref mut NAME_a, _)", "(std::net::TcpListener, std::net::UdpSocket)", &["NAME_a.set_nonblocking(true)"]),
    ("(NAME_a, _)", "(std::net::TcpListener, std::net::UdpSocket)", &["NAME_a"]),
    ("port_runtime::DualStack { v4: NAME, .. }", "port_runtime::DualStack<std::net::TcpListener>", &["NAME"]),
    ("NAME", "port_runtime::ReservedPort", &["NAME"]),
    ("NAME", "<Option<std::net::TcpListener> as IntoIterator>::Item", &["NAME"]),
];

/// A parameter that the caller passes.
const KEPT: [&str; 6] = [
    "_NAME: u16",
    "(_NAME_a, _): (u8, &str)",
    "_NAME: &mut Vec<Result<u8, ()>>",
    "_NAME: fn(u8) -> bool",
    "_NAME: impl Fn(u8, u8) -> bool",
    "#[allow(unused_mut)] mut _NAME: Box<dyn Fn() -> u8>",
];

const OPTIONS: [&str; 32] = [
    "host = \"127.0.0.1\"",
    "host = std::net::Ipv4Addr::LOCALHOST",
    "host = port_runtime::Host::env_or(\"HOST\", [127, 0, 0, 1].into_iter().fold(std::net::Ipv4Addr::LOCALHOST, |a, _: u8| a))",
    "host = \"localhost\".to_owned()",
    "range = 8000..9000",
    "range = 8000..=8000",
    "range = if cfg!(unix) { 1..=2 } else { 3..=4 }",
    "range = [8000, 8002]",
    "port = u16::MIN",
    "port = Some(8080).filter(|port| *port < 80)",
    "range = 8000..9000, order = lowest",
    "range = [8000], order = random",
    "range = 8000..=9000, order = stable(env!(\"CARGO_MANIFEST_DIR\"))",
    "range = 1..2, order = port_runtime::Order::stable([1, 2].map(|n: u8| n))",
    "except = 8000..=8001",
    "except = [8000]",
    "backlog = 7_u8 as <Result<u32, u8> as IntoIterator>::Item",
    "prefer = 8080",
    "prefer = \"8080\".parse::<u16>().unwrap_or(8080)",
    "prefer = 1 << 2",
    "env = \"PORT\"",
    "inherit",
    "inherit = \"http\"",
    "portserver",
    "backlog = 16",
    "backlog = u32::from(<u8 as Into<u8>>::into(5) < 6)",
    "timeout = \"1.5s\"",
    "timeout = std::time::Duration::from_secs(5)",
    "request = port_runtime::PortRequest::new()",
    "crate = ::port_runtime",
    "crate = port_runtime",
    "on_error = panic",
];

/// An output with a body that fits.
const OUTPUTS: [(&str, &str); 17] = [
    ("", ""),
    ("-> ()", ""),
    ("-> u8", "5"),
    ("-> std::io::Result<u8>", "if true { return Ok(1); } Ok(2)"),
    ("-> Result<(), port_runtime::Error>", "Ok(())"),
    ("-> Result<Vec<Result<u8, ()>>, Box<dyn std::error::Error>>", "Ok(vec![])"),
    ("-> Result<u8, String>", "Err::<u8, _>(\"no\".to_owned())"),
    ("-> Option<[u8; 2]>", "let [a, b] = [1, 2]; Some([a, b])"),
    ("-> impl Iterator<Item = u8> + use<GENERICS>", "std::iter::once(5)"),
    ("-> std::io::Result<impl Fn(u8) -> u8 + use<GENERICS>>", "Ok(|n| n)"),
    ("-> (impl Iterator<Item = Vec<u8>> + use<GENERICS>, u8)", "(std::iter::empty(), 5)"),
    ("-> Box<dyn Fn(&str) -> bool + Send>", "Box::new(|text| text.is_empty())"),
    ("-> !", "std::process::exit(0)"),
    ("-> Result<u8, impl std::fmt::Debug + use<GENERICS>>", "Ok::<u8, String>(5)"),
    ("-> Result<fn(u8) -> u8, std::fmt::Error>", "Err(std::fmt::Error)"),
    ("-> std::convert::Infallible", "std::process::exit(0)"),
    (
        "-> std::process::ExitCode",
        "match 1 { 0 => std::process::ExitCode::FAILURE, _ => std::process::ExitCode::SUCCESS }",
    ),
];

const ATTRIBUTES: [&str; 5] = [
    "/// Documented.\n",
    "#[inline] ",
    "#[cfg(all())] ",
    "#[allow(clippy::all, unused_variables)] ",
    "#[doc = \"with } and ) and ,\"] ",
];

/// Generics, the same as arguments of `use<…>`, and a `where` clause.
const GENERICS: [(&str, &str, &str); 5] = [
    ("", "", ""),
    ("<T: Clone>", "T", ""),
    ("<'a, T, const N: usize>", "'a, T, N", " where T: Iterator<Item = [u8; N]> + 'a"),
    ("<F: Fn(u8) -> Vec<u8>>", "F", " where Vec<F>: Sized,"),
    ("<T: AsRef<str> + ?Sized, U>", "T, U", " where for<'b> &'b U: Copy"),
];

/// A function of this name.
pub fn annotated(random: &mut Random, name: &str) -> Annotated {
    let (generics, names, clause) = random.pick(&GENERICS);
    let (output, value) = random.pick(&OUTPUTS);
    let is_async = random.one_in(3);
    let mut parameters = Vec::new();
    let mut used = String::new();
    // Every `impl` of a parameter would have to be captured, and has no name.
    let has_kept = random.one_in(2);
    let kept = if output.contains("impl") { &KEPT[..2] } else { &KEPT[..] };
    for index in 0..=random.below(3) {
        let (pattern, ty, variables) = random.pick(&FILLED);
        let numbered = |text: &str| text.replace("NAME", &format!("filled{index}"));
        let mark = if has_kept { mark(random, ty) } else { String::new() };
        let lint = if random.one_in(4) { "#[allow(unused)] " } else { "" };
        parameters.push(format!("{lint}{mark}{}: {ty}", numbered(pattern)));
        used.extend(variables.iter().map(|variable| format!("drop({}); ", numbered(variable))));
    }
    if has_kept {
        for index in 0..random.below(3) {
            let place = random.below(parameters.len() + 1);
            parameters.insert(place, random.pick(kept).replace("NAME", &format!("kept{index}")));
        }
    }
    let several = parameters.len() > 1;
    let all: Vec<&str> = parameters.iter().map(String::as_str).collect();
    let arguments = options(random, several, &all);
    let comma = if random.one_in(3) { "," } else { "" };
    let attribute = if random.one_in(3) { random.pick(&ATTRIBUTES) } else { "" };
    let visibility = random.pick(&["pub ", "pub(crate) ", "pub(in crate) "]);
    let qualifiers = match (is_async, random.below(4)) {
        (true, 0) => "async unsafe ",
        (true, _) => "async ",
        (false, 0) => "unsafe ",
        (false, 1) => "extern \"Rust\" ",
        (false, _) => "",
    };
    let output = output.replace("use<GENERICS>", &format!("use<{names}>"));
    let item = format!(
        "{attribute}{visibility}{qualifiers}fn {name}{generics}({}{comma}) {output}{clause} {{ {used}{value} }}",
        parameters.join(", ")
    );
    Annotated { arguments, item }
}

fn mark(random: &mut Random, ty: &str) -> String {
    match random.below(3) {
        0 => "#[free_port] ".to_owned(),
        1 => "#[free_port()] ".to_owned(),
        _ => format!("#[free_port({})] ", options(random, false, &[ty])),
    }
}

/// Each option at most once, and those alone that do something for every one of the parameters.
fn options(random: &mut Random, several: bool, parameters: &[&str]) -> String {
    let all = |types: [&str; 2]| parameters.iter().all(|parameter| types.iter().any(|ty| parameter.contains(ty)));
    let mut options: Vec<&str> = Vec::new();
    for _ in 0..random.below(4) {
        let option = random.pick(&OPTIONS);
        let is_new = options.iter().all(|other| option_name(other) != option_name(option));
        // These name one port.
        let is_for_one = option.starts_with("env") || option == "inherit = \"http\"";
        let has_effect = match option_name(option) {
            "backlog" => all(["TcpListener", "ReservedPort"]),
            "inherit" => all(["TcpListener", "UdpSocket"]),
            _ => true,
        };
        if is_new && has_effect && !(several && is_for_one) {
            options.push(option);
        }
    }
    options.join(", ")
}

fn option_name(option: &str) -> &str {
    option.split(' ').next().unwrap_or_default()
}
