//! What a row of the table in `options` says.

use super::{Given, Value};
use crate::errors::Mistake;

pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What a message shows where nothing better is at hand.
    pub(crate) example: &'static str,
    pub(crate) takes: Takes,
    pub(crate) becomes: Becomes,
}

pub(crate) enum Takes {
    Nothing,
    /// The option alone means something, too.
    Perhaps(Reader),
    Always(Reader),
}

/// Checks what can be known before rustc sees the value, and says what to pass on.
type Reader = fn(&Given) -> Result<Value, Mistake>;

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
        Self { name, example, takes, becomes }
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
