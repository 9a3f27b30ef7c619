//! Writes the function. Nothing here can fail, and nothing here looks into the body.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::parameter::{Parameter, Shape};
use crate::plan::{Fill, Plan, WithoutPort};
use crate::tokens::{first_span, map};

pub(crate) fn function(plan: &Plan) -> TokenStream {
    let bindings = plan.filled().map(|(fill, parameter)| binding(fill, parameter, plan.is_async));
    with_body(plan, &behind(plan, &bindings.collect()))
}

/// The function with a new body, and without the parameters that are filled.
pub(crate) fn with_body(plan: &Plan, body: &TokenStream) -> TokenStream {
    let function = &plan.function;
    let (attributes, qualifiers) = (function.other_attributes(), &function.qualifiers);
    let (fn_token, name, generics) = (&function.fn_token, &function.name, &function.generics);
    // A variadic function is a mistake, and without its dots there is no second one.
    let kept = plan.kept().filter(|parameter| !matches!(parameter.shape, Shape::Variadic(_)));
    let parameters = map(&function.parentheses, |_| quote!(#(#kept),*));
    let tail = &function.tail;
    quote!(#(#attributes)* #qualifiers #fn_token #name #generics #parameters #tail #body)
}

/// The body with bindings in front.
///
/// Input:  `{ body }`
/// Output: `{ { bindings '__body: { body } } }`
///
/// The outermost braces are those of the user, or rustc would take the function for one that a macro made up, and
/// not say that it is never used. The next ones are ours: under the rules of our edition the temporaries of the last
/// expression are dropped before the bindings they may borrow from, as they would be before parameters. The body stays
/// one group because it may begin with inner attributes, and the label keeps `unused_braces` silent. The label is the
/// user's, too, or rustc would report a body without a value at the attribute.
pub(crate) fn behind(plan: &Plan, bindings: &TokenStream) -> TokenStream {
    let wrap = |body: &Group| {
        let label = quote_spanned!(body.span()=> '__body:);
        let behind_bindings = quote_spanned!(Span::call_site()=> { #bindings #label #body });
        map(body, |_| behind_bindings).into_token_stream()
    };
    match &plan.function.body {
        None => TokenStream::new(),
        Some(body) if plan.is_boxed => inside_future(body, &wrap),
        Some(body) => wrap(body),
    }
}

/// Input:  `{ Box::pin(async move { body }) }`
/// Output: `{ Box::pin(async move { { bindings '__body: { body } } }) }`
fn inside_future(body: &Group, wrap: &dyn Fn(&Group) -> TokenStream) -> TokenStream {
    let block = |call: &Group| map_last(call, wrap).into_token_stream();
    map_last(body, &block).into_token_stream()
}

fn map_last(group: &Group, rewrite: &dyn Fn(&Group) -> TokenStream) -> Group {
    map(group, |tokens| {
        let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
        let last = match trees.pop() {
            Some(TokenTree::Group(last)) => rewrite(&last),
            last => last.into_token_stream(),
        };
        trees.into_iter().collect::<TokenStream>().into_iter().chain(last).collect()
    })
}

/// Input:  `listener: TcpListener`
/// Output: `let parameter = { let request = …; match <TcpListener as FromFreePort>::… };`
///         `let listener = parameter;`
///
/// Two bindings, since `let _ = …` alone would drop at once what a parameter `_` keeps.
fn binding(fill: &Fill, parameter: &Parameter, is_async: bool) -> TokenStream {
    let at_type = first_span(&fill.ty);
    let local = |name| Ident::new(name, Span::mixed_site());
    let [filled, request, value, error] = ["__filled", "__request", "__value", "__error"].map(local);
    let Fill { pattern, ty, runtime, .. } = fill;
    let attributes: Vec<_> = parameter.attributes.iter().filter(|a| a.belongs_to_binding()).collect();
    let quiet_attributes = attributes.iter().map(|attribute| attribute.without_expectation());
    let build_request = request_of(fill, &request);
    // At the type and in the user's context: there rustc reports a wrong type, and there the panic happens.
    let fill_it = if is_async {
        quote_spanned!(at_type=> <#ty as #runtime::AsyncFromFreePort>::from_free_port_async(&#request).await)
    } else {
        quote_spanned!(at_type=> <#ty as #runtime::FromFreePort>::from_free_port(&#request))
    };
    let give_up = match &fill.without_port {
        WithoutPort::AsReturnTypeAllows(output) => {
            quote_spanned!(at_type=> return #runtime::__private::OnError::<#output>::new().fail(#error))
        }
        WithoutPort::Panic => quote_spanned!(at_type=> #runtime::__private::Panic.fail(#error)),
        WithoutPort::Return(at_option) => {
            let at_option = at_option.resolved_at(Span::mixed_site());
            let error = Ident::new("__error", at_option);
            quote_spanned!(at_option=> return ::core::result::Result::Err(::core::convert::From::from(#error)))
        }
    };
    quote_spanned! {Span::mixed_site()=>
        #(#quiet_attributes)*
        let #filled = {
            #build_request
            match #fill_it {
                ::core::result::Result::Ok(#value) => #value,
                ::core::result::Result::Err(#error) => #give_up,
            }
        };
        #(#attributes)*
        let #pattern: #ty = #filled;
    }
}

/// Input:  `host = "127.0.0.1", range = 8000..9000`
/// Output: `let request = PortRequest::new().host("127.0.0.1").range(8000..9000);`
///
/// A statement of its own, so that no temporary of an option lives across an `.await`.
fn request_of(fill: &Fill, request: &Ident) -> TokenStream {
    let runtime = &fill.runtime;
    let calls = fill.calls.iter().map(|call| {
        let (method, argument) = (&call.method, &call.argument);
        quote_spanned!(method.span()=> .#method(#argument))
    });
    match &fill.request {
        None => quote_spanned! {Span::mixed_site()=>
            let #request = #runtime::PortRequest::new() #(#calls)*;
        },
        Some(base) => quote_spanned! {Span::mixed_site()=>
            let #request: #runtime::PortRequest = #base;
            let #request = #request #(#calls)*;
        },
    }
}
