//! Rules about options that stand together.

use crate::args::{Arg, Args};
use crate::errors::Errors;
use crate::parameter::variables;
use crate::plan::{Fill, Plan};
use crate::tokens::text;
use crate::value::Value;
use crate::value::row::Around;
use crate::value::words::read_by;

/// An option does something for at least one of the parameters that it holds for.
pub(super) fn each_has_an_effect(plan: &Plan, errors: &mut Errors) {
    for (arg, fills) in options(plan) {
        let is_own = |fill: &Fill| fill.args.get(arg.row.name).is_some();
        let mut reasons = fills.iter().map(|fill| without_effect(arg, fill, &plan.args, is_own(fill)));
        if let Some(Some(reason)) = reasons.next() {
            if reasons.all(|other| other.is_some()) {
                errors.at(&arg.name, reason);
            }
        }
    }
}

fn without_effect(arg: &Arg, fill: &Fill, of_all: &Args, is_own: bool) -> Option<String> {
    let own = |name: &str| fill.args.get(name).map(|arg| arg.text.as_str());
    let holds = |name: &str| own(name).or_else(|| of_all.get(name).map(|arg| arg.text.as_str()));
    let beside: &dyn Fn(&str) -> _ = if is_own { &own } else { &holds };
    arg.row.without_effect?(&Around { holds: &holds, beside, ty: &fill.ty })
}

/// What an option reads is there before the parameter is filled.
pub(super) fn values_are_there(plan: &Plan, errors: &mut Errors) {
    for (arg, fills) in options(plan) {
        let Some(Value::Expression(value)) = &arg.value else { continue };
        let read = read_by(value);
        let Some(first) = fills.first() else { continue };
        let later = plan.filled.iter().skip_while(|fill| !std::ptr::eq(*fill, *first));
        let too_late = |fill: &&Fill| variables(&fill.pattern).iter().any(|variable| read.contains(variable));
        let Some(late) = later.clone().find(too_late) else { continue };
        let name = read.iter().find(|name| variables(&late.pattern).contains(name));
        errors.at(name, not_yet(plan, late, &first.type_text));
    }
}

fn not_yet(plan: &Plan, late: &Fill, first: &str) -> String {
    let name = text(&late.pattern);
    if plan.has_marks() {
        return format!("`{name}` is not filled yet; move it in front of the one of type `{first}`");
    }
    let other = plan.filled.iter().find(|fill| !std::ptr::eq(*fill, late));
    let fix = match other {
        Some(other) => format!("mark the one to fill: `#[free_port] {}`", other.text),
        None => "add one to fill: `#[free_port] listener: std::net::TcpListener`".to_owned(),
    };
    format!("`{name}` is read here, so it comes from the caller; {fix}")
}

/// The options with the parameters that each holds for.
fn options(plan: &Plan) -> Vec<(&Arg, Vec<&Fill>)> {
    let mut options = Vec::new();
    for arg in plan.args.iter() {
        options.push((arg, plan.filled.iter().filter(|fill| fill.args.get(arg.row.name).is_none()).collect()));
    }
    for fill in &plan.filled {
        for arg in fill.args.iter() {
            options.push((arg, vec![fill]));
        }
    }
    options
}
