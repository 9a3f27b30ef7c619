//! What to write beside mistakes, so that they are the only errors: the function stays known, its callers compile,
//! and attributes below see a function without parameters.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::expand::{behind, with_body};
use crate::plan::Plan;
use crate::tokens::{infer_impl, mentions, without_marks};

/// Input:  `fn answers(listener: &TcpListener) { body }`
/// Output: `fn answers() { let mistake = compile_error!(…); let listener: &TcpListener = mistake; '__body: { body } }`
///
/// To rustc the value of `compile_error!` has any type, and it says nothing more about what is made from it.
pub(crate) fn function(plan: &Plan, messages: &[TokenStream]) -> TokenStream {
    let mixed_site = Span::mixed_site();
    let mistake = Ident::new("__mistake", mixed_site);
    let Some((last, others)) = messages.split_last() else {
        return TokenStream::new();
    };
    let bindings = plan.filled().map(|(fill, parameter)| {
        let attributes = parameter.attributes.iter().filter(|a| a.belongs_to_binding());
        let (pattern, ty) = (&fill.pattern, infer_impl(fill.ty.clone()));
        quote_spanned!(mixed_site=> #(#attributes)* let #pattern: #ty = #mistake;)
    });
    let body = if plan.fills.is_empty() || plan.function.body.is_none() {
        // No body, or one that counts on parameters that are not there.
        quote_spanned!(mixed_site=> { #(#others;)* #last })
    } else {
        behind(plan, &quote_spanned!(mixed_site=> #(#others;)* let #mistake = #last; #(#bindings)*))
    };
    with_body(plan, &body)
}

/// An item that is no function stays as it is, but for marks that nobody takes out any more.
pub(crate) fn beside_item(item: TokenStream, messages: &[TokenStream]) -> TokenStream {
    let item = if mentions(&item, "with_free_port") { item } else { without_marks(item) };
    quote_spanned!(Span::call_site()=> #item #(#messages)*)
}
