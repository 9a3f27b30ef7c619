//! The table of the options: a row says all that is known about one. A new option is a row here, a method of the same
//! name on `PortRequest`, and a line in the manual.

use crate::value::row::Becomes::{Call, CallWithValue, Setting};
use crate::value::row::Row;
use crate::value::row::Takes::{Always, Nothing, Perhaps};
use crate::value::{choice, duration, effect, host, name, number, order, ports};

pub(crate) static OPTIONS: [Row; 14] = [
    Row::new("host", "host = \"127.0.0.1\"", Always(host::read), Call),
    Row::new("inherit", "inherit", Perhaps(name::of_socket), CallWithValue("inherit_named"))
        .without_effect(effect::inherit),
    Row::new("port", "port = 8080", Always(number::port), Call).without_effect(effect::port),
    Row::new("env", "env = \"PORT\"", Always(name::of_variable), Call).without_effect(effect::env),
    Row::new("portserver", "portserver", Nothing, Call),
    Row::new("prefer", "prefer = 8080", Always(number::prefer), Call),
    Row::new("range", "range = 8000..9000", Always(ports::range), Call),
    Row::new("order", "order = random", Always(order::read), Call).without_effect(effect::order),
    Row::new("except", "except = [8080]", Always(ports::except), Call).without_effect(effect::except),
    Row::new("backlog", "backlog = 128", Always(number::backlog), Call).without_effect(effect::backlog),
    Row::new("timeout", "timeout = \"5s\"", Always(duration::read), Call).without_effect(effect::timeout),
    Row::new("request", "request = port_runtime::PortRequest::new()", Always(choice::request), Setting),
    Row::new("crate", "crate = ::port_runtime", Always(choice::crate_path), Setting),
    Row::new("on_error", "on_error = panic", Always(choice::on_error), Setting),
];

/// The row of an option.
pub(crate) fn row(name: &str) -> Option<&'static Row> {
    OPTIONS.iter().find(|row| row.name == name)
}
