//! What is wrong with a plan. One function per rule; its comment is the rule.

use proc_macro2::{Ident, TokenStream};
use syn::Token;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::parameter::{Parameter, Shape};
use crate::plan::Plan;
use crate::tokens::{mentions, text};

pub(crate) fn all(plan: &Plan, errors: &mut Errors) {
    attribute_stands_once(plan, errors);
    body_runs_at_run_time(plan, errors);
    caller_speaks_rust(plan, errors);
    function_has_body(plan, errors);
    something_is_filled(plan, errors);
    receivers_come_from_callers(plan, errors);
    for (fill, parameter) in plan.filled() {
        attributes_are_clear(parameter, errors);
        type_can_be_made(&fill.ty, errors);
    }
    one_port_for_one_parameter(plan, errors);
}

/// Only functions have parameters.
pub(crate) fn not_a_function(kind: &str, keyword: &Ident, errors: &mut Errors) {
    let fix = match kind {
        "an `impl` block" => "put it on a method inside",
        "a trait" => "put it on a method with a body",
        "a module" => "put it on a function inside",
        "an `extern` block" => "put it on a Rust function",
        "a macro call" => "put it on the function inside",
        _ => "put it on a `fn`",
    };
    errors.at(keyword, format!("`#[with_free_port]` fills the parameters of a function, and this is {kind}; {fix}"));
}

/// All options stand in one attribute.
fn attribute_stands_once(plan: &Plan, errors: &mut Errors) {
    for attribute in plan.function.repeated_attributes() {
        errors.at(attribute, "`#[with_free_port]` stands here twice; write all options into the first");
    }
}

/// A port is bound while the program runs.
fn body_runs_at_run_time(plan: &Plan, errors: &mut Errors) {
    if let Some(constness) = &plan.function.constness {
        errors.at(constness, "a `const fn` cannot bind a port; remove `const`");
    }
}

/// A caller in C passes what the C declaration says, and gets no `Result`.
fn caller_speaks_rust(plan: &Plan, errors: &mut Errors) {
    let mut shapes = plan.function.parameters.iter().map(|parameter| &parameter.shape);
    match &plan.function.abi {
        Some((keyword, Some(abi))) if abi.value() != "Rust" => {
            let fix = "bind the port in a Rust function that calls it";
            let abi = abi.token();
            errors.at(keyword, format!("an `extern {abi}` function keeps its parameters; {fix}"));
        }
        Some((keyword, None)) => errors.at(keyword, "an `extern` function keeps its parameters; remove `extern`"),
        _ => {
            if let Some(Shape::Variadic(dots)) = shapes.find(|shape| matches!(shape, Shape::Variadic(_))) {
                errors.at(dots, "a variadic function keeps its parameters; remove `...`");
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

/// An attribute that does nothing is a misunderstanding.
fn something_is_filled(plan: &Plan, errors: &mut Errors) {
    let function = &plan.function;
    if !plan.fills.is_empty() || function.body.is_none() {
        return;
    }
    let name = &function.name;
    let mut typed = function.parameters.iter().filter(|p| matches!(p.shape, Shape::Typed { .. }));
    if typed.next().is_some() {
        errors.at(
            &function.parentheses,
            format!(
                "every parameter of `{name}` belongs to another attribute; mark the one to fill with `#[free_port]`"
            ),
        );
    } else {
        let receiver = function.parameters.first().map_or("", |_| "&self, ");
        errors.at(
            &function.parentheses,
            format!(
                "`{name}` has no parameter to fill; write `fn {name}({receiver}listener: std::net::TcpListener)`, \
                 and if an attribute above takes the parameters away (`#[rstest]`, `#[serial]`, `#[test_case]`), move `#[with_free_port]` above it"
            ),
        );
    }
}

/// `self` is no port.
fn receivers_come_from_callers(plan: &Plan, errors: &mut Errors) {
    for parameter in &plan.function.parameters {
        if let (Shape::Receiver(receiver), Some(mark)) = (&parameter.shape, parameter.mark()) {
            errors.at(mark, format!("`{}` comes from the caller; remove `#[free_port]`", text(receiver)));
        }
    }
}

/// What becomes of an attribute on a filled parameter must be plain.
fn attributes_are_clear(parameter: &Parameter, errors: &mut Errors) {
    let mut marks = 0;
    for attribute in &parameter.attributes {
        let name = &attribute.name;
        if attribute.is_mark() {
            marks += 1;
            if marks > 1 {
                errors.at(attribute, "`#[free_port]` stands here twice; write all options into the first");
            }
        } else if name == "doc" {
            errors.at(attribute, "the documentation of a filled parameter is shown nowhere; use `//`");
        } else if name == "cfg_attr" {
            errors.at(attribute, "`cfg_attr` hides whose parameter this is; use `cfg`, or write the attribute itself");
        } else if !attribute.belongs_to_binding() {
            errors
                .at(attribute, format!("`#[{name}]` and `#[free_port]` both fill this parameter; remove one of them"));
        }
    }
}

/// A port is made from nothing: there is no owner to borrow from, and no caller to choose a type.
fn type_can_be_made(ty: &TokenStream, errors: &mut Errors) {
    if mentions(ty, "impl") {
        errors.at(ty, "`impl Trait` does not say what to bind; write a type, for instance `std::net::TcpListener`");
    } else if let Ok(owned) = without_reference.parse2(ty.clone()) {
        let owned = text(&owned);
        errors.at(ty, format!("a filled parameter owns its socket, so it cannot be a reference; write `{owned}`"));
    }
}

/// Fails where there is none.
fn without_reference(input: ParseStream) -> syn::Result<TokenStream> {
    input.parse::<Token![&]>()?;
    input.parse::<Option<syn::Lifetime>>()?;
    input.parse::<Option<Token![mut]>>()?;
    input.parse()
}

/// `env` names one number, and `inherit = "name"` one socket: two parameters cannot have it.
fn one_port_for_one_parameter(plan: &Plan, errors: &mut Errors) {
    for option in ["env", "inherit"] {
        let Some(written) = plan.args.get(option) else {
            continue;
        };
        let Some(value) = &written.value else {
            continue;
        };
        // Of two parameters under `cfg` perhaps only one is there.
        let is_sure = |parameter: &Parameter| parameter.attributes.iter().all(|a| a.name != "cfg");
        let takers = plan.filled().filter(|(fill, parameter)| fill.args.get(option).is_none() && is_sure(parameter));
        if takers.count() > 1 {
            errors.at(
                &written.name,
                format!("`{option}` names one port, and several parameters are filled; write `#[free_port({option} = {value})]` on one of them"),
            );
        }
    }
}
