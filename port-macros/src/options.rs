//! The table of the options: a row says all that is known about one. A new option is a row here, a method of the same
//! name on `PortRequest`, and a line in the manual.

use self::Becomes::{Call, CallWithValue, Setting};
use self::Takes::{Always, Nothing, Perhaps};
use crate::errors::Mistake;
use crate::value::{Given, Value, choice, duration, host, name, number, order, ports};

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
    const fn new(name: &'static str, example: &'static str, takes: Takes, becomes: Becomes) -> Self {
        Self { name, example, takes, becomes }
    }

    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        OPTIONS.iter().find(|row| row.name == name)
    }

    /// What stands there at least.
    pub(crate) fn shape(&self) -> String {
        if let Always(_) = self.takes { format!("{} = …", self.name) } else { self.name.to_owned() }
    }

    /// The option with another value than that of the example.
    pub(crate) fn with_value(&self, value: &str) -> String {
        match self.takes {
            Takes::Nothing => self.name.to_owned(),
            _ => format!("{} = {value}", self.name),
        }
    }
}

pub(crate) static OPTIONS: [Row; 14] = [
    Row::new("host", "host = \"127.0.0.1\"", Always(host::read), Call),
    Row::new("inherit", "inherit", Perhaps(name::of_socket), CallWithValue("inherit_named")),
    Row::new("port", "port = 8080", Always(number::port), Call),
    Row::new("env", "env = \"PORT\"", Always(name::of_variable), Call),
    Row::new("portserver", "portserver", Nothing, Call),
    Row::new("prefer", "prefer = 8080", Always(number::prefer), Call),
    Row::new("range", "range = 8000..9000", Always(ports::range), Call),
    Row::new("order", "order = random", Always(order::read), Call),
    Row::new("except", "except = [8080]", Always(ports::except), Call),
    Row::new("backlog", "backlog = 128", Always(number::backlog), Call),
    Row::new("timeout", "timeout = \"5s\"", Always(duration::read), Call),
    Row::new("request", "request = PortRequest::new()", Always(choice::request), Setting),
    Row::new("crate", "crate = ::port_runtime", Always(choice::crate_path), Setting),
    Row::new("on_error", "on_error = panic", Always(choice::on_error), Setting),
];
