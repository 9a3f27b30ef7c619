//! Collects every mistake, so that one compile shows them all.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The name by which the messages reach `core`: see [`Errors::import`].
const CORE: &str = "__free_port_core";

#[derive(Default)]
pub(crate) struct Errors(Vec<Mistake>);

/// The tokens to change, from the first to the last, and what to say there.
#[derive(Debug)]
pub(crate) struct Mistake {
    first: Span,
    last: Span,
    message: String,
    /// A name that may only be half of an option's.
    half_typed: Option<Ident>,
}

impl Errors {
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        self.push(Mistake::at(tokens, message));
    }

    pub(crate) fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One `compile_error!` for each mistake; they need [`Self::import`] in front.
    pub(crate) fn messages(&self) -> Vec<TokenStream> {
        self.to_messages(false)
    }

    /// The same for places where nothing can be imported. In edition 2015 a `::core` of the user's is not ours, and the
    /// message is lost.
    pub(crate) fn messages_by_absolute_path(&self) -> Vec<TokenStream> {
        self.to_messages(true)
    }

    fn to_messages(&self, by_absolute_path: bool) -> Vec<TokenStream> {
        self.0.iter().map(|mistake| mistake.to_message(by_absolute_path)).collect()
    }

    /// The names that an editor may be asked to complete.
    pub(crate) fn half_typed(&self) -> impl Iterator<Item = &Ident> {
        self.0.iter().filter_map(|mistake| mistake.half_typed.as_ref())
    }

    /// What makes the messages resolve in every edition. Their tokens have to be the user's, or rustc would add a note
    /// about the attribute to each; and for a user in edition 2015, `::core` is a module of his own.
    pub(crate) fn import() -> TokenStream {
        let core = Ident::new(CORE, Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> extern crate core as #core;)
    }
}

impl Mistake {
    pub(crate) fn at(tokens: impl ToTokens, message: impl Into<String>) -> Self {
        Self::over(tokens.into_token_stream(), message.into())
    }

    fn over(tokens: TokenStream, message: String) -> Self {
        let mut spans = tokens.into_iter().map(|tree| tree.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let last = spans.last().unwrap_or(first);
        Self { first, last, message, half_typed: None }
    }

    /// A keyword is none, and would not parse where it is completed.
    pub(crate) fn half_typed(self, name: &Ident) -> Self {
        Self { half_typed: syn::parse2(name.to_token_stream()).ok(), ..self }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// rustc underlines a macro call from its first token to its last.
    fn to_message(&self, by_absolute_path: bool) -> TokenStream {
        let mut literal = Literal::string(&self.message);
        literal.set_span(self.last);
        let mut braces = Group::new(Delimiter::Brace, literal.into_token_stream());
        braces.set_span(self.last);
        let core = Ident::new(CORE, self.first);
        if by_absolute_path {
            quote_spanned!(self.first=> ::core::compile_error! #braces)
        } else {
            quote_spanned!(self.first=> #core::compile_error! #braces)
        }
    }
}
