//! Rules about parameters, whatever their types are.

use crate::attribute::Role;
use crate::errors::Errors;
use crate::nameless::option_for;
use crate::parameter::{Shape, is_conditional};
use crate::plan::{Fill, Plan};
use crate::tokens::text;

/// `self` is no port.
pub(super) fn receivers_come_from_callers(plan: &Plan, errors: &mut Errors) {
    for parameter in &plan.kept {
        if let (Shape::Receiver(receiver), Some(mark)) = (&parameter.shape, parameter.mark()) {
            errors.at(mark, format!("`{}` comes from the caller; remove `#[free_port]`", text(receiver)));
        }
    }
}

/// What becomes of an attribute on a filled parameter must be plain.
pub(super) fn attributes_are_clear(fill: &Fill, errors: &mut Errors) {
    let mut marks = 0;
    for attribute in &fill.attributes {
        let name = &attribute.name;
        if attribute.is_mark() {
            marks += 1;
        }
        match attribute.role {
            // rustc has told of it.
            _ if attribute.is_refused() => {}
            Role::Mark | Role::MistypedMark | Role::OtherMark if marks > 1 => {
                errors.at(attribute, "`#[free_port]` stands here twice; write all options into the first");
            }
            Role::MistypedMark => {
                let options = attribute.options().map(|_| text(&attribute.arguments)).unwrap_or_default();
                errors.at(
                    attribute,
                    format!(
                        "a parameter to fill is marked `#[free_port]`; write `#[free_port{options}]` for `#[{name}]`"
                    ),
                );
            }
            Role::OtherMark => {
                let options = attribute.options().filter(|options| !options.is_empty());
                let options = options.map_or_else(String::new, |options| format!("({})", option_for(&options)));
                errors.at(attribute, format!("nothing takes `#[{name}]` from here; write `#[free_port{options}]`"));
            }
            Role::Unclear if name == "doc" => {
                errors.at(attribute, "the documentation of a filled parameter is shown nowhere; use `//`");
            }
            Role::Unclear => {
                errors.at(
                    attribute,
                    "`cfg_attr` hides whose parameter this is; use `cfg`, or write the attribute itself",
                );
            }
            Role::Foreign => {
                let mistake = format!("`#[{name}]` and `#[free_port]` both fill this parameter; remove one of them");
                errors.at(attribute, mistake);
            }
            Role::Mark | Role::Binding => {}
        }
    }
}

/// `env` and `port` name one number, and `inherit = "name"` one socket: two parameters cannot have it.
pub(super) fn one_port_for_one_parameter(plan: &Plan, errors: &mut Errors) {
    for option in ["env", "inherit", "port"] {
        let Some(arg) = plan.args.get(option).filter(|arg| arg.value.is_some()) else {
            continue;
        };
        let mut types = Vec::new();
        for fill in &plan.filled {
            if fill.args.get(option).is_none() && !is_conditional(&fill.attributes) {
                types.push(&fill.type_text);
            }
        }
        // An expression may come to `None` or 0, and TCP and UDP each have their own numbers.
        let is_one = option != "port"
            || arg.text.parse::<u16>().is_ok_and(|port| port > 0) && types.windows(2).any(|two| two[0] == two[1]);
        if types.len() > 1 && is_one {
            let value = &arg.text;
            errors.at(
                &arg.name,
                format!(
                    "`{option}` names one port, and several parameters are filled; \
                     write `#[free_port({option} = {value})]` on one of them"
                ),
            );
        }
    }
}
