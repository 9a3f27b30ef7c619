//! The options as they were written, on the attribute or on one parameter.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::attribute::{Attribute, Role};
use crate::errors::{Errors, Mistake};
use crate::nameless;
use crate::options;
use crate::slips::{
    called, end_of_option, has_literal_value, is_bare_value, is_separator, several_values, split_values, take_sign,
};
use crate::split::{Angles, split_at_commas};
use crate::tokens::{is_punct, stream, text, unwrapped};
use crate::unknown;
use crate::value::row::{Becomes, Row, Takes};
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
        let mut options = Vec::new();
        for part in parts {
            if part.trees.is_empty() {
                errors.at(&part.comma, "expected an option in front of the comma; leave the comma out");
            }
            options.extend(split_values(unwrapped(part.tokens())));
        }
        if let Some(mistake) = unknown::take_bounds(&mut options) {
            errors.push(mistake);
        }
        let mut parts = options.into_iter().peekable();
        while let Some(mut rest) = parts.next() {
            if let ([TokenTree::Ident(name)], Some(value)) =
                (&rest[..], parts.peek().filter(|next| is_bare_value(next)))
            {
                if let Some(row) = options::row(&name.to_string()).filter(|row| matches!(row.takes, Takes::Always(_))) {
                    let fix = row.with_value(&text(&stream(value)));
                    errors.at(name, format!("`{name}` needs a value; write `{fix}`"));
                    parts.next();
                    continue;
                }
            }
            let mut several = Vec::new();
            while let Some(value) = parts.next_if(|next| has_literal_value(&rest) && is_bare_value(next)) {
                several.push(value);
            }
            if !several.is_empty() {
                errors.push(several_values(&rest, &several, scope));
                continue;
            }
            if let [TokenTree::Ident(word), TokenTree::Ident(name), equals, ..] = &rest[..] {
                if is_punct(Some(equals), '=') && is_option(name) && !is_option(word) {
                    errors.at(word, format!("nothing stands in front of an option; remove `{word}`"));
                    rest.remove(0);
                }
            }
            while !rest.is_empty() {
                let next = rest.split_off(end_of_option(&rest));
                args.set(&rest, scope, errors);
                rest = next;
                Self::expect_comma(&mut rest, errors);
            }
        }
        args
    }

    /// The options in the mark of one parameter.
    pub(crate) fn of_mark(mark: Option<&Attribute>, scope: &Scope, errors: &mut Errors) -> Self {
        let Some(mark) = mark else {
            return Self::default();
        };
        if mark.role == Role::OtherMark {
            return Self::default(); // of which `check` tells
        }
        if let Some(options) = mark.options() {
            return Self::read(&options, scope, errors);
        }
        if mark.role == Role::MistypedMark || mark.is_refused() {
            return Self::default(); // of which `check` tells, or rustc has told
        }
        let inside = match &mark.arguments.clone().into_iter().collect::<Vec<_>>()[..] {
            [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => nameless::option_for(&stream(value)),
            [TokenTree::Group(group)] => match group.stream().into_iter().next() {
                Some(TokenTree::Literal(_)) => nameless::option_for(&group.stream()),
                _ => text(&group.stream()),
            },
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
        let all = stream(trees);
        let [TokenTree::Ident(name), rest @ ..] = trees else {
            return Err(Mistake::at(&all, nameless::without_name(&all)));
        };
        let typed = name.unraw().to_string();
        let Some(row) = options::row(&typed) else {
            return Err(unknown::option(name, rest, scope).half_typed(name));
        };
        if *name != typed {
            return Err(Mistake::at(name, format!("no option needs `r#`; write `{typed}`")));
        }
        if self.get(&typed).is_some() {
            return Err(Mistake::at(name, format!("`{name}` is given twice; keep one of them")));
        }
        let (sign, value) = take_sign(rest);
        let value = stream(value);
        if sign == "=" || rest.is_empty() {
            let text = text(&value);
            return Ok(Arg { row, name: name.clone(), value: read_value(row, name, &value, scope)?, text });
        }
        let called = called(sign, rest);
        // Where the value is wrong, too, the fix says both.
        if !called.is_empty() && !matches!(row.takes, Takes::Nothing) {
            read_value(row, name, &called, scope)?;
        }
        let write = match row.takes {
            Takes::Nothing | Takes::Perhaps(_) if called.is_empty() => format!("`{}` alone", row.name),
            _ if called.is_empty() => format!("`{}`", row.example),
            _ => format!("`{}`", row.with_value(&text(&called))),
        };
        Err(Mistake::at(&all, format!("expected `{}`; write {write}", row.shape())))
    }

    /// Two options with something else between them than a comma.
    fn expect_comma(next: &mut Vec<TokenTree>, errors: &mut Errors) {
        match &next[..] {
            [] => {}
            [other, ..] if is_separator(next) => {
                errors.at(other, format!("options are separated by commas; write `,` for `{other}`"));
                next.remove(0);
            }
            [name, ..] => errors.at(name, format!("a comma is missing in front of `{name}`; write `, {name}`")),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arg> {
        self.0.iter()
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

fn is_option(word: &Ident) -> bool {
    options::row(&word.to_string()).is_some()
}

fn read_value(row: &Row, name: &Ident, value: &TokenStream, scope: &Scope) -> Result<Option<Value>, Mistake> {
    let given = Given::new(row, value, scope);
    if given.is_told_by_rustc() {
        return Ok(Some(Value::Expression(value.clone())));
    }
    match row.takes {
        Takes::Nothing | Takes::Perhaps(_) if value.is_empty() => Ok(None),
        Takes::Nothing => Err(given.mistake(format!("`{name}` takes no value; {}", given.switch()))),
        Takes::Always(_) if value.is_empty() => {
            Err(Mistake::at(name, format!("`{name}` needs a value; write `{}`", row.example)))
        }
        Takes::Perhaps(read) | Takes::Always(read) => match read(&given) {
            Ok(_) if given.is_no_expression() => {
                let found = text(value);
                let fix = given.two_values().unwrap_or_else(|| format!("write for instance `{}`", row.example));
                Err(given.mistake(format!("`{found}` is no value; {fix}")))
            }
            Ok(Value::Expression(value)) if !matches!(row.becomes, Becomes::Setting) => match given.unknown_word() {
                Some(mistake) => Err(mistake),
                None => Ok(Some(Value::Expression(value))),
            },
            read => read.map(Some),
        },
    }
}
