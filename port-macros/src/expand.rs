//! Writes the function. Nothing here can fail.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::attribute::{Attribute, Role};
use crate::body::split_off_inner_attributes;
use crate::parameter::{Parameter, Shape, borrows_mutably, is_conditional, variables};
use crate::plan::{Decided, Fill, OnError, Plan, Returned};
use crate::tokens::{first_span, map};

pub(crate) fn function(plan: &Plan) -> TokenStream {
    if plan.filled.is_empty() {
        // A harness's own attribute, on a function that asks for nothing.
        return with_body(plan, |_| true, &plan.function.body.to_token_stream());
    }
    let mut bindings = names_are_different(plan);
    for fill in &plan.filled {
        binding(fill, plan.is_async).to_tokens(&mut bindings);
    }
    with_body(plan, |_| true, &prepend_bindings(plan, &bindings))
}

/// The function with a new body, and without the parameters that are filled.
pub(crate) fn with_body(plan: &Plan, keeps: fn(&Attribute) -> bool, body: &TokenStream) -> TokenStream {
    let function = &plan.function;
    // What is meant for us is a mistake by now, and must not become another one.
    let is_theirs = |attribute: &&Attribute| !attribute.is_mark() && keeps(attribute);
    let (attributes, qualifiers) = (function.attributes.iter().filter(is_theirs), &function.qualifiers);
    let (fn_token, name, generics) = (&function.fn_token, &function.name, &function.generics);
    // Mistakes by now, which would be made once more.
    let is_right = |parameter: &&Parameter| !matches!(parameter.shape, Shape::Variadic(_) | Shape::Malformed(_));
    let kept = plan.kept.iter().filter(is_right);
    let parameters = map(&function.parentheses, |_| quote!(#(#kept),*));
    let tail = &function.tail;
    quote!(#(#attributes)* #qualifiers #fn_token #name #generics #parameters #tail #body)
}

/// The body with bindings in front.
///
/// Input:  `{ #![inner] body }`
/// Output: `{ #![inner] { bindings 'label: { body } } }`
///
/// The outermost braces are those of the user, or rustc would take the function for one that a macro made up, and
/// not say that it is never used. The next ones are ours: under the rules of our edition the temporaries of the last
/// expression are dropped before the bindings they may borrow from, as they would be before parameters. The body stays
/// one group, which costs nothing, and the label keeps `unused_braces` silent. The label is the user's, too, or rustc
/// would report a body without a value at the attribute; but it spans the opening brace alone, or an editor would find
/// it everywhere in the body. Nobody has a label of that name.
pub(crate) fn prepend_bindings(plan: &Plan, bindings: &TokenStream) -> TokenStream {
    let wrap = |body: &Group| {
        let (inner_attributes, rest) = split_off_inner_attributes(body);
        let label = quote_spanned!(body.span_open()=> '__free_port_body:);
        let block = quote_spanned!(Span::call_site()=> #inner_attributes { #bindings #label #rest });
        map(body, |_| block).into_token_stream()
    };
    match &plan.function.body {
        None => TokenStream::new(),
        Some(body) if plan.is_boxed => inside_future(body, &wrap),
        Some(body) => wrap(body),
    }
}

/// Input:  `{ Box::pin(async move { body }) }`
/// Output: `{ Box::pin(async move { { bindings 'label: { body } } }) }`
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
        trees.extend(last);
        trees.into_iter().collect()
    })
}

/// Names of ours, which nobody else has: hygiene does not hide a constant of the user's from a pattern.
fn local(name: &str) -> Ident {
    Ident::new(&format!("__free_port_{name}"), Span::mixed_site())
}

/// Input:  `listener: TcpListener`
/// Output: `let parameter = { let request = …; match <TcpListener as FromFreePort>::… };`
///         `let listener = parameter;`
///
/// Two bindings, since `let _ = …` alone would drop at once what a parameter `_` keeps.
fn binding(fill: &Fill, is_async: bool) -> TokenStream {
    let at_type = first_span(&fill.ty);
    let [filled, request, value, error] = ["filled", "request", "value", "error"].map(local);
    let Fill { pattern, ty, decided, .. } = fill;
    let attributes: Vec<_> = binding_attributes(fill).collect();
    let quiet_attributes = attributes.iter().map(|attribute| attribute.without_expectation());
    let mutability = borrows_mutably(pattern).then(|| quote_spanned!(Span::mixed_site()=> mut));
    let build_request = request_of(decided, &request);
    let runtime = &decided.runtime;
    // At the type and in the user's context: there rustc reports a wrong type.
    let fill_it = if is_async {
        quote_spanned!(at_type=> <#ty as #runtime::AsyncFromFreePort>::from_free_port_async(&#request).await)
    } else {
        quote_spanned!(at_type=> <#ty as #runtime::FromFreePort>::from_free_port(&#request))
    };
    let give_up = give_up(fill, at_type, &error);
    quote_spanned! {Span::mixed_site()=>
        #(#quiet_attributes)*
        let #mutability #filled = {
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

pub(crate) fn binding_attributes(fill: &Fill) -> impl Iterator<Item = &Attribute> {
    fill.attributes.iter().filter(|attribute| attribute.role == Role::Binding)
}

/// Input:  `host = "127.0.0.1", range = 8000..9000`
/// Output: `let request = PortRequest::new().host("127.0.0.1").range(8000..9000);`
///
/// A statement of its own, so that no temporary of an option lives across an `.await`.
fn request_of(decided: &Decided, request: &Ident) -> TokenStream {
    let runtime = &decided.runtime;
    let calls = decided.calls.iter().map(|call| {
        let (method, argument) = (&call.method, &call.argument);
        quote_spanned!(method.span()=> .#method(#argument))
    });
    match &decided.request {
        None => quote_spanned! {Span::mixed_site()=>
            let #request = #runtime::PortRequest::new() #(#calls)*;
        },
        Some(base) => quote_spanned! {Span::mixed_site()=>
            let #request: #runtime::PortRequest = #base;
            let #request = #request #(#calls)*;
        },
    }
}

/// What follows an error. The call is at the type and in the user's context, which is where a panic happens.
///
/// Where rustc has to know the return type before it looks the method up, a `return` that is never reached tells it.
fn give_up(fill: &Fill, at_type: Span, error: &Ident) -> TokenStream {
    let runtime = &fill.decided.runtime;
    let parameter = Literal::string(&fill.text);
    let (returned, place, method) = match &fill.decided.on_error {
        OnError::Panic => {
            let call = quote_spanned!(at_type=> __free_port_panic(#error, #parameter));
            return quote_spanned!(Span::mixed_site()=> #runtime::__private::Panic.#call);
        }
        OnError::Infer(returned) => (returned, at_type, "__free_port_fail"),
        OnError::Return(returned, at_option) => (returned, *at_option, "__free_port_return"),
    };
    // All of the call is there: what rustc says about a mixture, it says at the attribute.
    let (on_error, method) = (Ident::new("__free_port_on_error", place), Ident::new(method, place));
    let call = quote_spanned!(place=> #on_error.#method(#error, #parameter));
    let (written, never) = match returned {
        Returned::Written(output) => (Some(quote_spanned!(Span::mixed_site()=> ::<#output>)), None),
        Returned::AsDeclared => {
            let never = quote_spanned!(Span::mixed_site()=> if false { return #on_error.__free_port_output(); });
            (None, Some(never))
        }
    };
    quote_spanned! {Span::mixed_site()=> {
        let #on_error = #runtime::__private::OnError #written::new();
        #never
        return #call;
    }}
}

/// Two parameters of one name are an error, and two `let`s are none: where two look alike, rustc is shown parameters.
/// Only rustc knows whether two names from `macro_rules!` are one.
///
/// Input:  `listener: TcpListener, listener: UdpSocket`
/// Output: `let _ = |listener: (), listener: ()| ();`
fn names_are_different(plan: &Plan) -> TokenStream {
    let mut closures = TokenStream::new();
    if plan.filled.len() + plan.kept.len() < 2 {
        return closures;
    }
    let mut seen: Vec<Ident> = Vec::new();
    // Of two kept ones rustc sees itself.
    for parameter in plan.kept.iter().filter(|parameter| !is_conditional(&parameter.attributes)) {
        if let Some(pattern) = parameter.pattern() {
            seen.extend(variables(pattern));
        }
    }
    for fill in plan.filled.iter().filter(|fill| !is_conditional(&fill.attributes)) {
        let variables = variables(&fill.pattern);
        for second in &variables {
            if let Some(first) = seen.iter().find(|other| *other == second) {
                closures.extend(quote_spanned! {Span::mixed_site()=>
                    #[allow(unused_variables)]
                    let _ = |#first: (), #second: ()| ();
                });
            }
        }
        // All at once: in `Ok(l) | Err(l)`, one name stands twice.
        seen.extend(variables);
    }
    closures
}
