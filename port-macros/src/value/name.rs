//! Names that others choose: `env = "PORT"` and `inherit = "http"`.

use proc_macro2::{Delimiter, TokenTree};
use syn::Lit;

use super::{Given, Value};
use crate::errors::Mistake;
use crate::split::texts;
use crate::tokens::text;

pub(crate) fn of_variable(given: &Given) -> Result<Value, Mistake> {
    if let Some(list) = given.inside(Delimiter::Bracket).or_else(|| given.tuple()) {
        let first = texts(list).into_iter().next();
        let first = first.unwrap_or_else(|| "\"PORT\"".to_owned());
        return Err(given.mistake(format!("`env` names one variable; write `env = {first}`")));
    }
    if let Some(word) = given.word() {
        return Err(given.mistake(format!("a variable is named in quotes; write `env = \"{word}\"`")));
    }
    given.is_there()?;
    let typed = text(given.tokens);
    let is_field = typed.rsplit_once('.').is_some_and(|(_, name)| is_variable(name));
    if let Some(name) =
        given.read_elsewhere().or_else(|| Some(typed.rsplit_once('.')?.1.to_owned()).filter(|_| is_field))
    {
        if given.unknown_word().is_some() || typed.contains("||") {
            return Err(given.mistake(format!("`env` reads the variable itself; write `env = \"{name}\"`")));
        }
    }
    let reads_it = ["env!(", "env::var(", "env::var_os("].iter().any(|call| text(given.tokens).contains(call));
    match &given.literal {
        Some(Lit::Str(name)) => check_variable(&name.value()).map_err(|message| given.mistake(message))?,
        Some(Lit::Int(port)) => {
            let fix = format!("write `env = \"PORT\"`, or `port = {port}` to take that port alone");
            return Err(given.mistake(format!("`env` takes the name of a variable; {fix}")));
        }
        Some(Lit::Char(name)) => return Err(given.instead("a name in quotes", format!("\"{}\"", name.value()))),
        Some(_) => return Err(given.instead("the name of a variable", "\"PORT\"")),
        None if reads_it && !text(given.tokens).contains("concat!") => {
            return Err(given.mistake("`env` reads the variable itself, when the program runs; write `env = \"PORT\"`"));
        }
        None => {
            // It may be a constant, and rarely is: rustc would say no more than that there is none of that name.
            if let [TokenTree::Ident(name)] = &given.trees()[..] {
                let name = name.to_string();
                if !name.contains(char::is_lowercase) && !given.scope.contains(&name) {
                    let fix = format!("write `env = \"{name}\"`, or `env = self::{name}` for a constant");
                    return Err(given.mistake(format!("a variable is named in quotes; {fix}")));
                }
            }
        }
    }
    given.as_it_is()
}

impl Given<'_> {
    /// The variable that Node and Python read: `process.env.PORT`, `os.environ["PORT"]`.
    pub(super) fn read_elsewhere(&self) -> Option<String> {
        let typed = text(self.tokens);
        let (_, rest) = ["process.env", "os.environ", "getenv"].iter().find_map(|read| typed.split_once(read))?;
        let name = rest.trim_start_matches(".get").trim_start_matches(['.', '[', '(', '"']);
        let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(name.len());
        Some(name[..end].to_owned()).filter(|name| is_variable(name))
    }
}

/// How shells write the value of a variable, around its name.
pub(super) const SHELL: [char; 6] = ['$', '{', '}', '%', '(', ')'];

/// What can only be the name of a variable.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn check_variable(name: &str) -> Result<(), String> {
    // `PORT:8080` and `${PORT:-8080}` have a default.
    if let Some((name, default)) = name.split_once(':') {
        if let Ok(port) = default.trim_matches(['-', '=', '}', ' ']).parse::<u16>() {
            let name = name.trim_start_matches(['$', '{']);
            return Err(format!("`env` names a variable without a default; write `env = \"{name}\", prefer = {port}`"));
        }
    }
    if let Some((first, other)) = name.split_once([',', '|', ';', ':']) {
        let variable = [first, other].map(str::trim).into_iter().find(|name| name.ends_with("PORT")).unwrap_or("PORT");
        return Err(format!("`env` names one variable; write `env = \"{variable}\"`"));
    }
    if let Some(variable) = name.rsplit_once('.').map(|(_, variable)| variable).filter(|it| is_variable(it)) {
        return Err(format!("`{name}` is how another language reads it; write `env = \"{variable}\"`"));
    }
    let bare = name.trim().trim_matches(SHELL);
    match name.split_once('=') {
        _ if name.trim().is_empty() => Err("the name of the variable is empty; write `env = \"PORT\"`".to_owned()),
        Some((name, _)) => Err(format!("`env` names a variable without its value; write `env = \"{}\"`", name.trim())),
        None if bare != name => Err(format!("`{name}` is how a shell writes it; write `env = \"{bare}\"`")),
        None if name.contains(char::is_whitespace) => {
            let joined = name.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join("_");
            Err(format!("no shell can set a variable with a space in its name; write `env = \"{joined}\"`"))
        }
        None if name.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("`env` names a variable; write `env = \"PORT\"`, or `prefer = {name}`"))
        }
        None if name.starts_with('-') => {
            Err("an argument is no variable; write `env = \"PORT\"`, or `port = args.port`".to_owned())
        }
        None if name.contains('\0') => Err("a variable cannot have a zero byte in its name; leave it out".to_owned()),
        None => Ok(()),
    }
}

pub(crate) fn of_socket(given: &Given) -> Result<Value, Mistake> {
    match text(given.tokens).trim_matches('"') {
        "yes" | "on" | "no" | "off" | "true" | "false" | "True" | "False" | "NULL" | "null" => {
            return Err(given.mistake(format!("`inherit` is no switch; {}", given.switch())));
        }
        variable @ ("LISTEN_FDS" | "LISTEN_FDNAMES" | "LISTEN_PID") => {
            return Err(given.mistake(format!("`inherit` reads `{variable}` itself; write `inherit` alone")));
        }
        _ => {}
    }
    if let Some(word) = given.word() {
        return Err(given.mistake(format!("a socket is named in quotes; write `inherit = \"{word}\"`")));
    }
    given.is_there()?;
    if let Some(list) = given.inside(Delimiter::Bracket).or_else(|| given.tuple()) {
        let first = texts(list).into_iter().next();
        return Err(given.instead("the name of one socket", first.as_deref().unwrap_or("\"http\"")));
    }
    match &given.literal {
        Some(Lit::Str(name)) if name.value().is_empty() => {
            Err(given.mistake("the name of the socket is empty; write `inherit` alone to take the next one"))
        }
        Some(Lit::Str(name)) if name.value().contains(':') => {
            Err(given.mistake("`:` separates the names of `LISTEN_FDNAMES`; write one name without it"))
        }
        Some(Lit::Int(_)) => {
            Err(given.mistake("sockets are taken in order or by name, not by number; write `inherit` alone"))
        }
        Some(literal) if !matches!(literal, Lit::Str(_)) => Err(given.instead("the name of a socket", "\"http\"")),
        _ => given.as_it_is(),
    }
}
