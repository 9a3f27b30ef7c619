//! What is wrong with a plan. One function per rule; its comment is the rule.

mod options;
mod parameters;
mod types;

use proc_macro2::{Ident, Span};

use crate::attribute::Role;
use crate::errors::Errors;
use crate::item::Kind;
use crate::parameter::Shape;
use crate::plan::{OnError, Plan};
use crate::tokens::text;

pub(crate) fn all(plan: &Plan, errors: &mut Errors) {
    attributes_stand_in_their_place(plan, errors);
    body_runs_at_run_time(plan, errors);
    caller_speaks_rust(plan, errors);
    function_has_body(plan, errors);
    something_is_filled(plan, errors);
    error_can_be_returned(plan, errors);
    parameters::receivers_come_from_callers(plan, errors);
    for fill in &plan.filled {
        parameters::attributes_are_clear(fill, errors);
        types::can_be_made(fill, errors);
    }
    types::owned_by_the_function(plan, errors);
    types::no_plain_value(plan, errors);
    parameters::one_port_for_one_parameter(plan, errors);
    // What is missed may be in one of the mistakes.
    if errors.is_empty() {
        options::values_are_there(plan, errors);
        options::each_has_an_effect(plan, errors);
    }
}

/// Only functions have parameters.
pub(crate) fn not_a_function(kind: Kind, keyword: &Ident, errors: &mut Errors) {
    let (name, fix) = kind.name_and_fix();
    errors.at(keyword, format!("`#[with_free_port]` fills the parameters of a function, and this is {name}; {fix}"));
}

/// What is not understood is not left as it was: nothing would be filled, and nobody would know.
pub(crate) fn not_readable(place: Span, errors: &mut Errors) {
    let place = Ident::new("here", place);
    errors.at(place, "`#[with_free_port]` does not understand this function from here on; write it in stable Rust");
}

/// All options stand in one attribute, and marks on parameters.
fn attributes_stand_in_their_place(plan: &Plan, errors: &mut Errors) {
    for attribute in &plan.function.attributes {
        let options =
            attribute.options().filter(|options| !options.is_empty()).map(|options| format!("({})", text(&options)));
        let options = options.unwrap_or_default();
        if attribute.name == "with_free_port" {
            errors.at(attribute, "`#[with_free_port]` stands here twice; write all options into the first");
        } else if attribute.is_mark() {
            let name = &attribute.name;
            errors.at(
                attribute,
                format!("`#[{name}]` marks a parameter; write `#[with_free_port{options}]` for the function"),
            );
        }
    }
}

/// A port is bound while the program runs.
fn body_runs_at_run_time(plan: &Plan, errors: &mut Errors) {
    if let Some(constness) = &plan.function.qualifiers.constness {
        errors.at(constness, "a `const fn` cannot bind a port; remove `const`");
    }
}

/// A caller in C passes what the C declaration says, and gets no `Result`.
fn caller_speaks_rust(plan: &Plan, errors: &mut Errors) {
    match &plan.function.qualifiers.abi {
        Some((keyword, Some(abi))) if abi.value() != "Rust" => {
            let fix = "bind the port in a Rust function that calls it";
            let abi = abi.token();
            errors.at(keyword, format!("an `extern {abi}` function keeps its parameters; {fix}"));
        }
        Some((keyword, None)) => errors.at(keyword, "an `extern` function keeps its parameters; remove `extern`"),
        _ => {
            let shapes = plan.kept.iter().map(|parameter| &parameter.shape);
            for shape in shapes {
                if let Shape::Variadic(dots) = shape {
                    errors.at(dots, "a variadic function keeps its parameters; remove `...`");
                }
            }
        }
    }
}

/// The bindings go in front of the body.
fn function_has_body(plan: &Plan, errors: &mut Errors) {
    if plan.function.body.is_none() {
        errors.at(
            &plan.function.name,
            "a declaration has no body to bind ports in; declare the method without those parameters, \
             and put `#[with_free_port]` on the method of the `impl`",
        );
    }
}

/// An attribute that does nothing is a misunderstanding, unless a harness has put it there.
fn something_is_filled(plan: &Plan, errors: &mut Errors) {
    let function = &plan.function;
    let is_of_harness = ["request", "crate"].iter().any(|option| plan.args.get(option).is_some());
    if !plan.filled.is_empty() || function.body.is_none() || is_of_harness {
        return;
    }
    let name = &function.name;
    let is_told = |shape: &Shape| matches!(shape, Shape::Variadic(_) | Shape::Malformed(_));
    if plan.kept.iter().any(|parameter| is_told(&parameter.shape)) {
        return;
    }
    let marked = plan.kept.iter().any(|parameter| parameter.mark().is_some());
    let typed = plan.kept.iter().find(|parameter| matches!(parameter.shape, Shape::Typed { .. }));
    if marked {
        // A receiver, of which more is said elsewhere.
    } else if let Some(typed) = typed {
        let owner = typed.attributes.iter().find(|attribute| attribute.role == Role::Foreign);
        let owner = owner.map_or_else(String::new, |owner| format!(" (`#[{}]`)", owner.name));
        errors.at(
            &function.parentheses,
            format!(
                "every parameter of `{name}` belongs to another attribute{owner}; add one to fill, \
                 as in `#[free_port] listener: std::net::TcpListener`"
            ),
        );
    } else {
        let receiver = plan.kept.first().map_or_else(String::new, |receiver| format!("{}, ", receiver.text()));
        errors.at(
            &function.parentheses,
            format!(
                "`{name}` has no parameter to fill; write `fn {name}({receiver}listener: std::net::TcpListener)`, \
                 and if an attribute above takes the parameters away (`#[rstest]`, `#[serial]`, \
                 `#[test_case]`), move `#[with_free_port]` above it"
            ),
        );
    }
}

/// `on_error = return` needs something to return; what a named type can hold, rustc knows.
fn error_can_be_returned(plan: &Plan, errors: &mut Errors) {
    if plan.can_return {
        return;
    }
    let returning = plan.filled.iter().find_map(|fill| match fill.decided.on_error {
        OnError::Return(_, span) => Some(span),
        _ => None,
    });
    if let Some(span) = returning {
        let name = &plan.function.name;
        let fix = "write `-> std::io::Result<()>`, or `on_error = panic`";
        errors.at(Ident::new("return_", span), format!("`{name}` has no return type that can hold an error; {fix}"));
    }
}
