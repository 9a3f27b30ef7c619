//! What was decided: which parameters are filled, from which request, and what happens where there is no port.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::{Token, token};

use crate::args::{Args, Written};
use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::function::Function;
use crate::parameter::{Parameter, Shape};
use crate::tokens::{first_span, future_output, infer_impl, text};

pub(crate) struct Plan {
    pub(crate) function: Function,
    /// The options of the attribute itself.
    pub(crate) args: Args,
    pub(crate) fills: Vec<Fill>,
    /// Where the body is a future, it awaits.
    pub(crate) is_async: bool,
    /// `#[async_trait]` has been here: the body is inside `Box::pin(async move { … })`.
    pub(crate) is_boxed: bool,
}

/// A parameter that becomes a binding.
pub(crate) struct Fill {
    /// Its place among the parameters of the function.
    pub(crate) index: usize,
    pub(crate) args: Args,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: TokenStream,
    pub(crate) runtime: TokenStream,
    /// What the methods are called on.
    pub(crate) request: Option<TokenStream>,
    pub(crate) calls: Vec<Call>,
    pub(crate) without_port: WithoutPort,
}

/// A method of `PortRequest`, where the user wrote its option.
pub(crate) struct Call {
    pub(crate) method: Ident,
    pub(crate) argument: Option<TokenStream>,
}

/// What the function does when no port can be had.
pub(crate) enum WithoutPort {
    /// Returns the error where the type, whatever it is, can hold it, and panics elsewhere.
    AsReturnTypeAllows(TokenStream),
    Panic,
    Return(Span),
}

impl Plan {
    pub(crate) fn new(args: Args, function: Function, errors: &mut Errors) -> Self {
        let is_boxed = function.output.as_ref().is_some_and(|output| text(output).contains("'async_trait"));
        let output = output_of(&function, is_boxed);
        let has_marks = function.parameters.iter().any(|parameter| parameter.mark().is_some());
        let mut fills = Vec::new();
        for (index, parameter) in function.parameters.iter().enumerate() {
            let own = Args::of_marks(parameter, errors);
            if let Some((pattern, ty)) = to_fill(parameter, has_marks) {
                fills.push(Fill::new(index, pattern, ty, &args, own, output.as_ref()));
            }
        }
        Self { is_async: function.asyncness.is_some() || is_boxed, is_boxed, fills, args, function }
    }

    pub(crate) fn filled(&self) -> impl Iterator<Item = (&Fill, &Parameter)> {
        self.fills.iter().map(|fill| (fill, &self.function.parameters[fill.index]))
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = &Parameter> {
        let is_kept = |index| self.fills.iter().all(|fill| fill.index != index);
        let parameters = self.function.parameters.iter().enumerate();
        parameters.filter_map(move |(index, parameter)| is_kept(index).then_some(parameter))
    }
}

/// With a mark somewhere, the marked parameters; without, all but those that belong to another macro.
fn to_fill(parameter: &Parameter, has_marks: bool) -> Option<(&TokenStream, &TokenStream)> {
    let is_filled = if has_marks {
        parameter.mark().is_some()
    } else {
        // `cfg_attr` and doc comments say nothing about whose parameter it is: `check` refuses them.
        let is_ours = |attribute: &Attribute| attribute.belongs_to_binding() || attribute.is_unclear();
        parameter.attributes.iter().all(is_ours)
    };
    match &parameter.shape {
        Shape::Typed { pattern, ty } if is_filled => Some((pattern, ty)),
        _ => None,
    }
}

/// The type that a `return` in the body must have; nothing where such a type cannot be written.
///
/// Nor where it is `()`, which holds no error: some macros move the body into a closure that returns something else
/// (`#[property_test]`, <https://docs.rs/proptest-macro>), and there a `return` would not compile.
fn output_of(function: &Function, is_boxed: bool) -> Option<TokenStream> {
    let output = match function.output.clone()? {
        output if is_boxed => future_output(output),
        output => output,
    };
    let can_hold_error = |input: ParseStream| {
        let is_unit = input.peek(token::Paren) && text(&output) == "()";
        let can_hold_error = !is_unit && !input.peek(Token![impl]) && !input.peek(Token![!]);
        input.parse::<TokenStream>().map(|_| can_hold_error)
    };
    let can_hold_error = can_hold_error.parse2(output.clone()).is_ok_and(|can_hold_error| can_hold_error);
    can_hold_error.then(|| infer_impl(output))
}

impl Fill {
    fn new(
        index: usize,
        pattern: &TokenStream,
        ty: &TokenStream,
        attribute: &Args,
        own: Args,
        output: Option<&TokenStream>,
    ) -> Self {
        let value = |name| own.get(name).or(attribute.get(name)).and_then(|written| written.value.clone());
        let runtime = value("crate").unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ::port_runtime));
        let without_port = match (value("on_error"), output) {
            (Some(choice), _) if choice.to_string() == "return" => WithoutPort::Return(first_span(&choice)),
            (None, Some(output)) => WithoutPort::AsReturnTypeAllows(output.clone()),
            _ => WithoutPort::Panic,
        };
        let request = value("request");
        let calls = attribute.for_parameter(&own).filter_map(Call::new).collect();
        Self { index, pattern: pattern.clone(), ty: ty.clone(), runtime, request, calls, without_port, args: own }
    }
}

impl Call {
    fn new(option: &Written) -> Option<Self> {
        let method = match (option.name.to_string().as_str(), &option.value) {
            ("crate" | "on_error" | "request", _) => return None,
            ("inherit", Some(_)) => Ident::new("inherit_named", option.name.span()),
            _ => option.name.clone(),
        };
        Some(Self { method, argument: option.value.clone() })
    }
}
