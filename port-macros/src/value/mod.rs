//! What can be known about an option's value before rustc sees it: literals, and what no expression could be.
//!
//! Anything else is an expression, and rustc checks its type. One reader for each row of the table in `options`.

pub(crate) mod choice;
pub(crate) mod duration;
pub(crate) mod effect;
pub(crate) mod host;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod order;
mod port;
pub(crate) mod ports;
pub(crate) mod row;
pub(crate) mod words;

use std::fmt::Display;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::Lit;

use self::row::Row;
use crate::errors::Mistake;
use crate::parameter::Parameter;
use crate::split::ends_operand;
use crate::tokens::{has_sign, is_joint, is_one_of, is_punct, mentions, stream, text, unwrapped};

/// What the method is called with.
#[derive(Debug)]
pub(crate) enum Value {
    Expression(TokenStream),
    /// A path that begins in the runtime, wherever that is.
    OfRuntime(TokenStream),
}

/// The names of the parameters. In front of the body there are no other variables, so that any other word is none.
#[derive(Default)]
pub(crate) struct Scope(Vec<TokenStream>);

impl Scope {
    pub(crate) fn new(parameters: &[Parameter]) -> Self {
        Self(parameters.iter().filter_map(|parameter| parameter.pattern().cloned()).collect())
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| mentions(pattern, name))
    }
}

/// Whether this cannot go on with an expression, other than behind an operator or a keyword.
fn begins_operand(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Literal(_) => true,
        TokenTree::Ident(word) => ends_operand(Some(tree)) || is_one_of(word, &["if", "for", "while", "in"]),
        _ => false,
    }
}

/// Whether there are commas, and no statements in which generics may have some: `8080, 8081` in braces.
fn is_list(inside: &TokenStream) -> bool {
    let has = |sign| inside.clone().into_iter().any(|tree| is_punct(Some(&tree), sign));
    has(',') && !has(';') && !has('<') && !has('|')
}

/// The value of one option, as it was written.
pub(crate) struct Given<'a> {
    row: &'a Row,
    tokens: &'a TokenStream,
    literal: Option<Lit>,
    scope: &'a Scope,
}

impl<'a> Given<'a> {
    pub(crate) fn new(row: &'a Row, tokens: &'a TokenStream, scope: &'a Scope) -> Self {
        Self { row, tokens, literal: syn::parse2(tokens.clone()).ok(), scope }
    }

    pub(crate) fn mistake(&self, message: impl Into<String>) -> Mistake {
        Mistake::at(self.tokens, message)
    }

    /// `found` is not what the option takes; what to write is.
    fn instead(&self, kind: &str, write: impl Display) -> Mistake {
        self.mistake(format!("`{}` is not {kind}; write `{} = {write}`", text(self.tokens), self.row.name))
    }

    #[expect(clippy::unnecessary_wraps, reason = "every reader ends in it")]
    fn as_it_is(&self) -> Result<Value, Mistake> {
        Ok(Value::Expression(self.tokens.clone()))
    }

    fn trees(&self) -> Vec<TokenTree> {
        unwrapped(self.tokens.clone())
    }

    /// A lower-case word that is no parameter, and so can only be a word; and what nobody calls a constant of his.
    fn word(&self) -> Option<String> {
        match &self.trees()[..] {
            [TokenTree::Ident(word)] => self.word_of(word),
            _ => None,
        }
    }

    fn word_of(&self, ident: &Ident) -> Option<String> {
        const OF_OTHER_LANGUAGES: [&str; 6] = ["True", "False", "NULL", "INADDR_ANY", "INADDR_LOOPBACK", "SOMAXCONN"];
        let word = ident.to_string();
        let is_word = word.starts_with(|first: char| first.is_lowercase())
            && !["true", "false", "self"].contains(&word.as_str())
            || OF_OTHER_LANGUAGES.contains(&word.as_str());
        (is_word && !self.scope.contains(&word)).then_some(word)
    }

    /// What is inside brackets of this kind, where they are all.
    fn inside(&self, delimiter: Delimiter) -> Option<TokenStream> {
        match &self.trees()[..] {
            [TokenTree::Group(group)] if group.delimiter() == delimiter => Some(group.stream()),
            _ => None,
        }
    }

    /// `(a, b)`, which is no expression in parentheses.
    fn tuple(&self) -> Option<TokenStream> {
        let is_comma = |tree: TokenTree| is_punct(Some(&tree), ',');
        self.inside(Delimiter::Parenthesis).filter(|inside| inside.clone().into_iter().any(is_comma))
    }

    /// What no expression could be: two operands side by side, an end in the middle, a `$` or a `:`.
    pub(crate) fn is_no_expression(&self) -> bool {
        let trees = self.trees();
        let mut pairs = trees.windows(2);
        let has_closure_or_label = has_sign(&trees, &['|', '\'']);
        let has_colon = trees.iter().enumerate().any(|(index, tree)| {
            let is_path = is_joint(tree) || index > 0 && is_joint(&trees[index - 1]);
            is_punct(Some(tree), ':') && !is_path
        });
        let last = &trees[trees.len().saturating_sub(1)..];
        has_sign(&trees, &['$', '~'])
            || has_colon && !has_closure_or_label
            || !has_closure_or_label && pairs.any(|pair| ends_operand(pair.first()) && begins_operand(&pair[1]))
            || trees
                .windows(2)
                .any(|pair| is_punct(pair.first(), '=') && is_joint(&pair[0]) && is_punct(pair.get(1), '>'))
            || self.inside(Delimiter::Brace).is_some_and(|inside| is_list(&inside))
            || self.is_alternative()
            || is_punct(trees.first(), '@')
            || Self::is_two_ranges(&trees)
            || has_sign(last, &['+', '-', '*', '/', '=', '&', '!', ':', '^', '%', '@', '#'])
    }

    /// `'http'`, with which rustc is through.
    pub(crate) fn is_told_by_rustc(&self) -> bool {
        matches!(self.literal, Some(Lit::Verbatim(_)))
    }

    /// `8080 || 9090` and `8080 | 9090`: numbers and texts are no truth values, and nobody has the bits of ports in mind.
    fn is_alternative(&self) -> bool {
        let is_literal = |tree: &TokenTree| matches!(tree, TokenTree::Literal(_));
        self.trees().windows(3).any(|three| {
            let is_operator = |sign| {
                is_punct(three.get(1), sign)
                    && (is_joint(&three[1]) && is_punct(three.get(2), sign) || is_literal(&three[2]))
            };
            // Of a text there are no bits, whatever follows.
            let is_text = three[0].to_string().starts_with('"') && is_punct(three.get(1), '|');
            is_text || is_literal(&three[0]) && (is_operator('|') || is_operator('&'))
        })
    }

    /// `8000..8100 + 9000..9100`: in numbers and signs alone there is one `..`.
    fn is_two_ranges(trees: &[TokenTree]) -> bool {
        let is_dots =
            |pair: &[TokenTree]| is_punct(pair.first(), '.') && is_joint(&pair[0]) && is_punct(pair.get(1), '.');
        trees.iter().all(|tree| matches!(tree, TokenTree::Literal(_) | TokenTree::Punct(_)))
            && trees.windows(2).filter(|pair| is_dots(pair)).count() > 1
            && !trees.windows(3).any(|three| three.iter().all(|tree| is_punct(Some(tree), '.')))
    }

    /// What to write for `8080 or 9090`, `"PORT" || 8080`, `8000..9000 except 8080` and `$PORT`.
    pub(crate) fn two_values(&self) -> Option<String> {
        let name = self.row.name;
        if let Some(variable) = self.read_elsewhere() {
            return Some(format!("write `env = \"{variable}\"`"));
        }
        let trees = self.trees();
        if let [TokenTree::Punct(_), TokenTree::Ident(variable)] = &trees[..] {
            let is_port = matches!(name, "env" | "port" | "prefer");
            return is_port.then(|| format!("write `env = \"{variable}\"`"));
        }
        let is_joint_word = |tree: &TokenTree| match tree {
            TokenTree::Ident(word) => {
                is_one_of(word, &["or", "and", "except", "else", "to", "through", "not", "without"])
            }
            tree => is_punct(Some(tree), '|') || is_punct(Some(tree), '&') || is_punct(Some(tree), '~'),
        };
        let first = trees.iter().position(is_joint_word)?;
        let last = trees.iter().rposition(is_joint_word)?;
        let [left, right] = [&trees[..first], &trees[last + 1..]].map(|trees| text(&stream(trees)));
        let is_number = |text: &str| text.parse::<u16>().is_ok();
        match (name, trees[first].to_string().as_str()) {
            ("env", _) if left.starts_with('"') && is_number(&right) => {
                Some(format!("write `env = {left}, prefer = {right}`"))
            }
            ("port" | "prefer", _) if is_number(&left) && is_number(&right) => {
                Some(format!("write `range = [{left}, {right}]`"))
            }
            ("except", _) if is_number(&left) && is_number(&right) => {
                Some(format!("write `except = [{left}, {right}]`"))
            }
            ("range", "except" | "not" | "without") if is_number(&right) => {
                Some(format!("write `range = {left}, except = [{right}]`"))
            }
            ("range", "to" | "through" | "~") if is_number(&left) && is_number(&right) => {
                Some(format!("write `range = {left}..={right}`"))
            }
            _ => None,
        }
    }

    /// What to do with `inherit = true` and `portserver = false`.
    pub(crate) fn switch(&self) -> String {
        let name = self.row.name;
        match text(self.tokens).trim_matches('"').to_lowercase().as_str() {
            "false" | "no" | "off" | "null" | "0" => format!("leave `{name}` out"),
            _ => format!("write `{name}` alone"),
        }
    }
}
