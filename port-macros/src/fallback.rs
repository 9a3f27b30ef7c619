//! What to write beside mistakes, so that they are the only errors: the function stays known, its callers compile,
//! and attributes below see a function without parameters.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::errors::Errors;
use crate::expand::{binding_attributes, prepend_bindings, with_body};
use crate::item::Kind;
use crate::options::OPTIONS;
use crate::output::infer_impl;
use crate::plan::Plan;
use crate::tokens::{is_punct, map, mentions};

/// Input:  `fn answers(listener: &TcpListener) { body }`
/// Output: `fn answers() { let mistake = compile_error!(…); let listener: &TcpListener = mistake; 'label: { body } }`
///
/// To rustc the value of `compile_error!` has any type, and it says nothing more about what is made from it.
pub(crate) fn function(plan: &Plan, errors: &Errors) -> TokenStream {
    let mixed_site = Span::mixed_site();
    let mistake = Ident::new("__free_port_mistake", mixed_site);
    let (import, messages) = (Errors::import(), errors.messages());
    let Some((last, others)) = messages.split_last() else {
        return TokenStream::new();
    };
    let completions = completions(errors);
    let bindings = plan.filled.iter().map(|fill| {
        let attributes = binding_attributes(fill);
        let (pattern, ty) = (&fill.pattern, infer_impl(fill.ty.clone()));
        quote_spanned!(mixed_site=> #(#attributes)* let #pattern: #ty = #mistake;)
    });
    let body = if plan.filled.is_empty() || plan.is_refused() || plan.function.body.is_none() {
        // No body, or one that counts on parameters that are not there.
        quote_spanned!(mixed_site=> { #import #(#others;)* #last })
    } else {
        prepend_bindings(
            plan,
            &quote_spanned!(mixed_site=> #completions #import #(#others;)* let #mistake = #last; #(#bindings)*),
        )
    };
    with_body(plan, |attribute| !attribute.calls(), &body)
}

/// Where rustc has refused a parameter, it has told of it, and nothing is left to say. It is shown the parameters once
/// more, which it answers with the same words at the same place, and those it prints once: so nothing can be silent.
///
/// Input:  `fn answers(listener) -> u16 { body }`
/// Output: `fn answers() -> u16 { #[cfg(any())] fn answers(listener) {} loop {} }`
pub(crate) fn refused(plan: &Plan) -> TokenStream {
    let (fn_token, name, parameters) = (&plan.function.fn_token, &plan.function.name, &plan.function.parentheses);
    let body = plan
        .function
        .body
        .is_some()
        .then(|| quote_spanned!(Span::mixed_site()=> { #[cfg(any())] #fn_token #name #parameters {} loop {} }));
    with_body(plan, |_| true, &quote!(#body))
}

/// Editors offer what could stand at the cursor in what we write; so a name that is no option yet stands among the options.
/// rustc drops all of it.
///
/// Input:  `pre`
/// Output: `mod options { pub mod prefer {} … } use options::pre as _;`
fn completions(errors: &Errors) -> TokenStream {
    let mut names = errors.half_typed().peekable();
    if names.peek().is_none() {
        return TokenStream::new();
    }
    // No module can be called `crate`.
    let modules = OPTIONS.iter().filter(|row| row.name != "crate").map(|row| {
        let (name, example) = (Ident::new(row.name, Span::mixed_site()), row.example);
        quote_spanned!(Span::mixed_site()=> #[doc = #example] pub mod #name {})
    });
    quote_spanned! {Span::mixed_site()=>
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            mod options { #(#modules)* }
            #(#[cfg(rust_analyzer)] use options::#names as _;)*
        };
    }
}

/// An item that is no function stays as it is, but for marks that nobody takes out any more.
pub(crate) fn beside_item(item: TokenStream, kind: Kind, errors: &Errors) -> TokenStream {
    let item = if mentions(&item, "with_free_port") { item } else { without_marks(item) };
    let (import, messages) = (Errors::import(), errors.messages());
    let beside = if kind.may_be_associated() {
        let messages = errors.messages_by_absolute_path();
        quote!(#(#messages)*)
    } else {
        quote_spanned!(Span::mixed_site()=> const _: () = { #import #(#messages;)* };)
    };
    quote!(#item #beside)
}

/// A function that nothing is known about.
pub(crate) fn beside_function(item: TokenStream, errors: &Errors) -> TokenStream {
    let messages = errors.messages_by_absolute_path();
    let item = without_marks(item);
    quote!(#item #(#messages)*)
}

/// Takes the mark `#[free_port]` out of an item, at every depth.
///
/// Input:  `impl Server { fn start(#[free_port] listener: TcpListener) {} }`
/// Output: `impl Server { fn start(listener: TcpListener) {} }`
pub(crate) fn without_marks(tokens: TokenStream) -> TokenStream {
    let mut output = Vec::new();
    for tree in tokens {
        let TokenTree::Group(group) = tree else {
            output.push(tree);
            continue;
        };
        if is_punct(output.last(), '#') && begins_with(&group, "free_port") {
            output.pop();
        } else {
            output.push(TokenTree::Group(map(&group, without_marks)));
        }
    }
    output.into_iter().collect()
}

fn begins_with(group: &Group, word: &str) -> bool {
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == word)
}
