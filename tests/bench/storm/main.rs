//! Many processes that want ports at the same time: how many of them lose one?

mod args;
mod claim;
mod crew;
mod member;
mod report;
mod rival;
mod way;

use std::process::ExitCode;

use crate::args::{Args, Role};

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let result = match &args.role {
        Role::Parent => crew::storm(&args),
        Role::Member { way, table } => member::take_part(&args, *way, table).map(|()| true),
        Role::Rival { kind, table } => rival::interfere(&args, *kind, table).map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("storm: this crate has lost a port");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("storm: {error}");
            ExitCode::from(3)
        }
    }
}
