//! The options as they were written, on the attribute or on one parameter.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::attribute::Attribute;
use crate::errors::{Errors, Mistake};
use crate::options::{Becomes, Row, Takes};
use crate::split::{Angles, Part, ends_operand, split_at_commas};
use crate::tokens::{is_joint, is_punct, text, unwrapped};
use crate::unknown;
use crate::value::{Given, Scope, Value};

#[derive(Default)]
pub(crate) struct Args(Vec<Arg>);

/// `host = "127.0.0.1"`, or `inherit` alone.
pub(crate) struct Arg {
    pub(crate) row: &'static Row,
    pub(crate) name: Ident,
    pub(crate) value: Option<Value>,
    /// As the user typed it.
    pub(crate) text: String,
}

impl Args {
    pub(crate) fn read(tokens: &TokenStream, scope: &Scope, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let parts = split_at_commas(tokens.clone(), Angles::InExpressions);
        for part in &parts {
            if part.trees.is_empty() {
                errors.at(&part.comma, "expected an option in front of the comma; leave the comma out");
            }
        }
        for Part { trees, .. } in parts {
            let mut rest = unwrapped(trees.into_iter().collect());
            while !rest.is_empty() {
                let next = rest.split_off(end_of_option(&rest));
                args.set(&rest, scope, errors);
                rest = next;
                args.expect_comma(&mut rest, errors);
            }
        }
        args
    }

    /// The options in the mark of one parameter.
    pub(crate) fn of_mark(mark: Option<&Attribute>, scope: &Scope, errors: &mut Errors) -> Self {
        let Some(mark) = mark else {
            return Self::default();
        };
        if let Some(options) = mark.options() {
            return Self::read(&options, scope, errors);
        }
        let inside = match &mark.arguments.clone().into_iter().collect::<Vec<_>>()[..] {
            [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
                unknown::option_for(&value.iter().cloned().collect())
            }
            [TokenTree::Group(group)] => text(&group.stream()),
            _ => "prefer = 8080".to_owned(),
        };
        errors.at(&mark.arguments, format!("options stand in parentheses; write `#[free_port({inside})]`"));
        Self::default()
    }

    /// Reads one option, whatever is wrong with it.
    fn set(&mut self, trees: &[TokenTree], scope: &Scope, errors: &mut Errors) {
        match self.arg(trees, scope) {
            Ok(arg) => self.0.push(arg),
            Err(mistake) => errors.push(mistake),
        }
    }

    fn arg(&self, trees: &[TokenTree], scope: &Scope) -> Result<Arg, Mistake> {
        let all: TokenStream = trees.iter().cloned().collect();
        let [TokenTree::Ident(name), rest @ ..] = trees else {
            return Err(Mistake::at(&all, unknown::without_name(&all, self.0.last())));
        };
        let typed = name.unraw().to_string();
        let Some(row) = Row::of(&typed) else {
            return Err(unknown::option(name, rest, scope, self.0.last()));
        };
        if *name != typed {
            return Err(Mistake::at(name, format!("no option needs `r#`; write `{typed}`")));
        }
        if self.get(&typed).is_some() {
            return Err(Mistake::at(name, format!("`{name}` is given twice; keep one of them")));
        }
        let (sign, value) = take_sign(rest);
        let value: TokenStream = value.iter().cloned().collect();
        if sign == "=" || rest.is_empty() {
            let text = text(&value);
            return Ok(Arg { row, name: name.clone(), value: read_value(row, name, &value, scope)?, text });
        }
        let write = match row.takes {
            Takes::Nothing => row.name.to_owned(),
            _ if sign.is_empty() => unknown::called(row, rest),
            _ => row.with_value(&text(&value)),
        };
        Err(Mistake::at(&all, format!("expected `{}`; write `{write}`", row.shape())))
    }

    /// Two options with something else between them than a comma.
    fn expect_comma(&self, next: &mut Vec<TokenTree>, errors: &mut Errors) {
        match &next[..] {
            [] => {}
            [semicolon @ TokenTree::Punct(_), ..] => {
                errors.at(semicolon, "options are separated by commas; write `,` for `;`");
                next.remove(0);
            }
            [name, ..] => errors.at(name, format!("a comma is missing in front of `{name}`; write `, {name}`")),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arg> {
        self.0.iter().find(|arg| arg.row.name == name)
    }

    /// The options that hold for one parameter: its own win over those of the attribute.
    pub(crate) fn for_parameter<'a>(&'a self, parameter: &'a Self) -> impl Iterator<Item = &'a Arg> {
        self.0.iter().filter(|arg| parameter.get(arg.row.name).is_none()).chain(&parameter.0)
    }
}

impl Arg {
    /// The method of `PortRequest` that it becomes, if any.
    pub(crate) fn method(&self) -> Option<Ident> {
        match (self.row.becomes, &self.value) {
            (Becomes::Setting, _) => None,
            (Becomes::CallWithValue(method), Some(_)) => Some(Ident::new(method, self.name.span())),
            (Becomes::Call | Becomes::CallWithValue(_), _) => Some(self.name.clone()),
        }
    }
}

fn read_value(row: &Row, name: &Ident, value: &TokenStream, scope: &Scope) -> Result<Option<Value>, Mistake> {
    let given = Given::new(row, value, scope);
    match row.takes {
        Takes::Nothing if value.is_empty() => Ok(None),
        Takes::Perhaps(_) if value.is_empty() => Ok(None),
        Takes::Nothing => Err(given.mistake(format!("`{name}` takes no value; {}", given.switch()))),
        Takes::Always(_) if value.is_empty() => {
            Err(Mistake::at(name, format!("`{name}` needs a value; write `{}`", row.example)))
        }
        Takes::Perhaps(read) | Takes::Always(read) => read(&given).map(Some),
    }
}

/// `=`, or what people write for it, and what follows.
fn take_sign(trees: &[TokenTree]) -> (&'static str, &[TokenTree]) {
    let sign = |index: usize, sign| is_punct(trees.get(index), sign);
    match trees {
        [] => ("", trees),
        _ if sign(0, '=') && sign(1, '=') && is_joint(&trees[0]) => ("==", &trees[2..]),
        _ if sign(0, '=') && sign(1, '>') && is_joint(&trees[0]) => ("=>", &trees[2..]),
        _ if sign(0, ':') && sign(1, '=') => (":=", &trees[2..]),
        _ if sign(0, '=') => ("=", &trees[1..]),
        _ if sign(0, ':') && !sign(1, ':') => (":", &trees[1..]),
        _ => ("", trees),
    }
}

/// Where an option ends for want of a comma: at a `;`, and where another one begins right behind a value.
fn end_of_option(trees: &[TokenTree]) -> usize {
    let begins_option = |index: &usize| {
        let TokenTree::Ident(word) = &trees[*index] else {
            return is_punct(trees.get(*index), ';');
        };
        let (sign, value) = take_sign(&trees[index + 1..]);
        let is_bare = value.is_empty() && Row::of(&word.to_string()).is_some_and(|row| !matches!(row.takes, Takes::Always(_)));
        ends_operand(trees.get(index - 1)) && (sign == "=" || is_bare)
    };
    (1..trees.len()).find(begins_option).unwrap_or(trees.len())
}
