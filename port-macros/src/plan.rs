//! What was decided: which parameters are filled, from which request, and what happens where there is no port.

use std::mem;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Token;

use crate::args::{Arg, Args};
use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::function::Function;
use crate::output::{can_hold_error, future_output, infer_impl, is_of_async_trait};
use crate::parameter::{Parameter, Shape};
use crate::tokens::{first_span, stream, text};
use crate::value::{Scope, Value};

pub(crate) struct Plan {
    /// Its parameters are in the next two fields, and of its output there is what follows from it.
    pub(crate) function: Function,
    /// The parameters that become bindings, in their order.
    pub(crate) filled: Vec<Fill>,
    /// Those that stay parameters.
    pub(crate) kept: Vec<Parameter>,
    /// The options of the attribute itself.
    pub(crate) args: Args,
    /// Where the body is a future, it awaits.
    pub(crate) is_async: bool,
    /// `#[async_trait]` has been here: the body is inside `Box::pin(async move { … })`.
    pub(crate) is_boxed: bool,
    /// Whether the return type, by its spelling, may hold an error.
    pub(crate) can_return: bool,
}

/// A parameter that becomes a binding.
pub(crate) struct Fill {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: TokenStream,
    /// The type, and the whole parameter, as people write them.
    pub(crate) type_text: String,
    pub(crate) text: String,
    /// The options in its mark.
    pub(crate) args: Args,
    pub(crate) decided: Decided,
}

/// What the options come to.
pub(crate) struct Decided {
    pub(crate) runtime: Runtime,
    /// What the methods are called on.
    pub(crate) request: Option<TokenStream>,
    pub(crate) calls: Vec<Call>,
    pub(crate) on_error: OnError,
}

/// The path of the crate `port-runtime`.
pub(crate) enum Runtime {
    Usual,
    /// A harness re-exports it.
    At(TokenStream),
}

/// A method of `PortRequest`, where the user wrote its option.
pub(crate) struct Call {
    pub(crate) method: Ident,
    pub(crate) argument: Option<TokenStream>,
}

/// What the function does when no port can be had.
#[derive(Clone)]
pub(crate) enum OnError {
    /// Returns the error where the type, whatever it is, can hold it, and panics elsewhere.
    Infer(Returned),
    Panic,
    /// Returns it, or does not compile, which is told here.
    Return(Returned, Span),
}

/// The type that a `return` has to have.
#[derive(Clone)]
pub(crate) enum Returned {
    /// rustc knows it: a copy of the type would double every mistake in it.
    AsDeclared,
    /// Inside an `async` block nothing is declared.
    Written(TokenStream),
}

impl Plan {
    pub(crate) fn new(args: Args, mut function: Function, scope: &Scope, errors: &mut Errors) -> Self {
        let output = function.output.take();
        let is_boxed = output.as_deref().is_some_and(is_of_async_trait);
        let output = output.map(|output| if is_boxed { future_output(output) } else { output });
        let mut this = Self {
            is_async: function.qualifiers.asyncness.is_some() || is_boxed,
            is_boxed,
            can_return: output.as_deref().is_some_and(can_hold_error),
            filled: Vec::new(),
            kept: Vec::new(),
            args,
            function,
        };
        let returned = match output {
            Some(output) if is_boxed => Returned::Written(infer_impl(stream(&output))),
            _ => Returned::AsDeclared,
        };
        let parameters = mem::take(&mut this.function.parameters);
        let has_marks = parameters.iter().any(|parameter| parameter.mark().is_some());
        for parameter in parameters {
            let args = Args::of_mark(parameter.mark(), scope, errors);
            let is_filled = if has_marks { parameter.mark().is_some() } else { parameter.is_nobodys() };
            match parameter {
                Parameter { attributes, shape: Shape::Typed { pattern, ty } } if is_filled => {
                    let decided = this.decide(&args, &returned);
                    let type_text = text(&ty);
                    let text = format!("{}: {type_text}", text(&pattern));
                    this.filled.push(Fill { attributes, pattern, ty, type_text, text, args, decided });
                }
                kept => this.kept.push(kept),
            }
        }
        this
    }

    /// Whether the parameters to fill are marked.
    pub(crate) fn has_marks(&self) -> bool {
        self.filled.iter().any(|fill| fill.attributes.iter().any(Attribute::is_mark))
    }

    /// Whether rustc has refused a parameter, and has told of it.
    pub(crate) fn is_refused(&self) -> bool {
        self.kept.iter().any(|parameter| matches!(parameter.shape, Shape::Malformed(_)))
    }

    /// What holds for one parameter: its own options, and those of the attribute.
    fn decide(&self, own: &Args, returned: &Returned) -> Decided {
        let setting = |name| match own.get(name).or(self.args.get(name)) {
            Some(Arg { value: Some(Value::Expression(value)), .. }) => Some(value.clone()),
            _ => None,
        };
        let runtime = setting("crate").as_ref().map_or(Runtime::Usual, Runtime::inside);
        let on_error = match setting("on_error") {
            Some(choice) if text(&choice) == "return" => OnError::Return(returned.clone(), first_span(&choice)),
            None if self.can_return => OnError::Infer(returned.clone()),
            _ => OnError::Panic,
        };
        let mut calls = Vec::new();
        for arg in self.args.for_parameter(own) {
            calls.extend(Call::new(arg, &runtime));
        }
        Decided { request: setting("request"), runtime, calls, on_error }
    }
}

impl Runtime {
    /// The crate has its own name inside, so that a path to the harness that re-exports it will do, and rustc says of any
    /// other crate, once, that there is no `port_runtime` in it.
    fn inside(path: &TokenStream) -> Self {
        let last = path.clone().into_iter().last().map_or_else(Span::call_site, |tree| tree.span());
        let itself = quote_spanned!(last=> ::port_runtime);
        Self::At(quote!(#path #itself))
    }
}

impl ToTokens for Runtime {
    /// Token by token where that can be: a stream that is put into another one is a question to the compiler.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Usual => {
                let here = Span::mixed_site();
                Token![::](here).to_tokens(tokens);
                Ident::new("port_runtime", here).to_tokens(tokens);
            }
            Self::At(path) => path.to_tokens(tokens),
        }
    }
}

impl Call {
    fn new(arg: &Arg, runtime: &Runtime) -> Option<Self> {
        let argument = arg.value.as_ref().map(|value| match value {
            Value::Expression(expression) => expression.clone(),
            Value::OfRuntime(path) => quote_spanned!(Span::mixed_site()=> #runtime::#path),
        });
        Some(Self { method: arg.method()?, argument })
    }
}
