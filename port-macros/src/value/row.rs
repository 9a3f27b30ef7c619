//! What a row of the table in `options` says.

use proc_macro2::TokenStream;

use super::{Given, Value};
use crate::errors::Mistake;

pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What a message shows where nothing better is at hand.
    pub(crate) example: &'static str,
    pub(crate) takes: Takes,
    pub(crate) becomes: Becomes,
    pub(crate) without_effect: Option<Rule>,
}

pub(crate) enum Takes {
    Nothing,
    /// The option alone means something, too.
    Perhaps(Reader),
    Always(Reader),
}

/// Checks what can be known before rustc sees the value, and says what to pass on.
type Reader = fn(&Given) -> Result<Value, Mistake>;

/// What to say where the option does nothing for a parameter, whatever happens when the program runs.
type Rule = fn(&Around) -> Option<String>;

/// Where an option stands: what the others are set to, as it was typed, and what they are for.
pub(crate) struct Around<'a> {
    /// All that hold for the parameter.
    pub(crate) holds: &'a dyn Fn(&str) -> Option<&'a str>,
    /// Those that are written in the same place as the option, or nearer to the parameter.
    pub(crate) beside: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The type of the parameter.
    pub(crate) ty: &'a TokenStream,
}

#[derive(Clone, Copy)]
pub(crate) enum Becomes {
    /// A call of the method of the same name.
    Call,
    /// A call of this method where it has a value.
    CallWithValue(&'static str),
    /// Something that `plan` asks for by its name.
    Setting,
}

impl Row {
    pub(crate) const fn new(name: &'static str, example: &'static str, takes: Takes, becomes: Becomes) -> Self {
        Self { name, example, takes, becomes, without_effect: None }
    }

    pub(crate) const fn without_effect(mut self, rule: Rule) -> Self {
        self.without_effect = Some(rule);
        self
    }

    /// What the example gives it.
    pub(crate) fn example_value(&self) -> &'static str {
        self.example.split_once(" = ").map_or("", |(_, value)| value)
    }

    /// What stands there at least.
    pub(crate) fn shape(&self) -> String {
        if let Takes::Always(_) = self.takes { format!("{} = …", self.name) } else { self.name.to_owned() }
    }

    /// The option with another value than that of the example.
    pub(crate) fn with_value(&self, value: &str) -> String {
        match self.takes {
            Takes::Nothing => self.name.to_owned(),
            _ => format!("{} = {value}", self.name),
        }
    }
}
