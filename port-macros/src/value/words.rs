//! Words in a value that stand for variables. In front of the body there are none but the parameters.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::Given;
use crate::errors::Mistake;
use crate::split::ends_operand;
use crate::tokens::{is_one_of, is_punct, text};

/// The variables that an expression reads, as far as that is plain: blocks, closures and macros may have some of their own.
pub(crate) fn read_by(value: &TokenStream) -> Vec<Ident> {
    let trees: Vec<TokenTree> = value.clone().into_iter().collect();
    let binds = |tree: &TokenTree| is_punct(Some(tree), '|') || matches!(tree, TokenTree::Ident(word) if word == "let");
    if trees.iter().any(binds) {
        return Vec::new();
    }
    let mut read = Vec::new();
    for (index, tree) in trees.iter().enumerate() {
        let before = |steps: usize, sign| index >= steps && is_punct(trees.get(index - steps), sign);
        let next = trees.get(index + 1);
        match tree {
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace && !before(1, '!') => {
                read.extend(read_by(&group.stream()));
            }
            TokenTree::Ident(word)
                if is_variable(word)
                    && (!before(1, '.') || before(2, '.'))
                    && ![':', '\''].iter().any(|sign| before(1, *sign))
                    && ![':', '!'].iter().any(|sign| is_punct(next, *sign))
                    && !matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis) =>
            {
                read.push(word.clone());
            }
            _ => {}
        }
    }
    read
}

/// By its spelling: no constant, no keyword, no type.
fn is_variable(word: &Ident) -> bool {
    const OTHERS: [&str; 22] = [
        "true", "false", "self", "super", "crate", "await", "bool", "char", "str", "u8", "u16", "u32", "u64", "u128",
        "usize", "i8", "i16", "i32", "i64", "i128", "isize", "in",
    ];
    word.to_string().starts_with(char::is_lowercase)
        && !is_one_of(word, &OTHERS)
        && ends_operand(Some(&TokenTree::Ident(word.clone())))
}

impl Given<'_> {
    /// `min..max` and `args.port`, where nothing is called so.
    pub(crate) fn unknown_word(&self) -> Option<Mistake> {
        let word = read_by(self.tokens).into_iter().find(|word| self.word_of(word).is_some())?;
        if let Some(variable) = self.read_elsewhere() {
            return Some(self.mistake(if self.row.name == "host" {
                let fix = format!("host = port_runtime::Host::env_or(\"{variable}\", \"127.0.0.1\")");
                format!("Rust reads a variable in another way; write `{fix}`")
            } else {
                format!("a variable is an option of its own; write `env = \"{variable}\"`")
            }));
        }
        let typed = text(self.tokens);
        let has_fields = typed.contains(&format!("{word}.")) && !typed.contains(&format!("{word}.."));
        Some(if has_fields {
            let fix = format!("write `{word}` into the signature, and `#[free_port]` in front of the one to fill");
            Mistake::at(&word, format!("`{word}` is no parameter; {fix}"))
        } else {
            self.mistake(format!("`{typed}` is no value; write for instance `{}`", self.row.example))
        })
    }

    /// `text.parse().unwrap()`, of which nothing says what it is parsed to.
    pub(super) fn parses_anything(&self) -> bool {
        let typed = text(self.tokens);
        let Some((before, after)) = typed.rsplit_once(".parse()") else { return false };
        before.matches('(').count() == before.matches(')').count()
            && (["", "?", ".ok()", ".unwrap()"].contains(&after) || after.starts_with(".expect("))
    }

    /// Of all options only `port` may be absent.
    pub(super) fn is_there(&self) -> Result<(), Mistake> {
        let name = self.row.name;
        match &self.trees()[..] {
            [TokenTree::Ident(none)] if none == "None" => {
                Err(self.mistake(format!("`{name}` takes no `Option`; leave it out")))
            }
            [TokenTree::Ident(some), TokenTree::Group(inside)] if some == "Some" => {
                let inside = text(&inside.stream());
                Err(self.mistake(format!("`{name}` takes no `Option`; write `{name} = {inside}`")))
            }
            _ => Ok(()),
        }
    }
}
