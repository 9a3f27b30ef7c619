//! A parameter: what stands between two commas of a signature.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Token;
use syn::parse::{ParseStream, Result};

use crate::attribute::Attribute;

pub(crate) struct Parameter {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    Typed {
        pattern: TokenStream,
        ty: TokenStream,
    },
    /// `self` in all its forms.
    Receiver(TokenStream),
    /// `...`, with or without a name.
    Variadic(TokenStream),
}

impl Parameter {
    pub(crate) fn read(input: ParseStream) -> Result<Self> {
        let attributes = Attribute::read_all(input)?;
        let whole = input.fork().parse::<TokenStream>()?;
        let mut pattern = TokenStream::new();
        let mut is_receiver = false;
        while !input.is_empty() && (input.peek(Token![::]) || !input.peek(Token![:])) {
            if input.peek(Token![::]) {
                input.parse::<Token![::]>()?.to_tokens(&mut pattern);
            } else if input.peek(Token![...]) {
                break;
            } else {
                is_receiver = input.peek(Token![self]);
                pattern.extend([input.parse::<TokenTree>()?]);
            }
        }
        let colon: Option<Token![:]> = input.parse()?;
        let is_variadic = input.peek(Token![...]);
        let ty: TokenStream = input.parse()?;
        let shape = match colon {
            _ if is_variadic => Shape::Variadic(whole),
            Some(_) if !is_receiver => Shape::Typed { pattern, ty },
            _ => Shape::Receiver(whole),
        };
        Ok(Self { attributes, shape })
    }

    pub(crate) fn mark(&self) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.is_mark())
    }
}

impl ToTokens for Parameter {
    /// As it was written, without our mark.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let attributes = self.attributes.iter().filter(|attribute| !attribute.is_mark());
        let shape = match &self.shape {
            Shape::Typed { pattern, ty } => quote!(#pattern: #ty),
            Shape::Receiver(whole) | Shape::Variadic(whole) => whole.clone(),
        };
        tokens.extend(quote!(#(#attributes)* #shape));
    }
}
