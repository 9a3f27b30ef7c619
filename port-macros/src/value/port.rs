//! What is a port's number, and what is none.

use std::fmt::Display;

use syn::LitInt;

pub(crate) fn check_port(port: &LitInt, option: &str) -> Result<(), String> {
    match port.base10_parse::<u64>() {
        Ok(0) if option == "prefer" => Err("port 0 means any free port; leave `prefer` out to get one".to_owned()),
        Ok(1..=65535) if ["", "u16"].contains(&port.suffix()) => Ok(()),
        Ok(number @ 1..=65535) => Err(format!("a port is a `u16`; write `{number}`")),
        _ => Err(out_of_range(port)),
    }
}

pub(crate) fn out_of_range(port: impl Display) -> String {
    format!("`{port}` is not a port; write a number from 1 to 65535")
}
