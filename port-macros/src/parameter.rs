//! A parameter: what stands between two commas of a signature.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Token;
use syn::parse::{ParseStream, Result};

use crate::attribute::{Attribute, Role};
use crate::split::ends_operand;
use crate::tokens::{is_punct, text};

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

    /// Whether nothing says that another macro, or the caller, gives it its value.
    pub(crate) fn is_nobodys(&self) -> bool {
        // What is unclear is refused by `check`.
        self.attributes.iter().all(|attribute| matches!(attribute.role, Role::Binding | Role::Unclear))
    }

    /// Of two parameters under `cfg` perhaps only one is there.
    pub(crate) fn is_conditional(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.name == "cfg")
    }

    pub(crate) fn pattern(&self) -> Option<&TokenStream> {
        match &self.shape {
            Shape::Typed { pattern, .. } => Some(pattern),
            Shape::Receiver(_) | Shape::Variadic(_) => None,
        }
    }

    /// As people write it.
    pub(crate) fn text(&self) -> String {
        match &self.shape {
            Shape::Typed { pattern, ty } => format!("{}: {}", text(pattern), text(ty)),
            Shape::Receiver(whole) | Shape::Variadic(whole) => text(whole),
        }
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

/// The variables of a pattern, as far as spelling tells them from constants, fields and paths.
pub(crate) fn variables(pattern: &TokenStream) -> Vec<Ident> {
    let mut variables = Vec::new();
    let trees: Vec<TokenTree> = pattern.clone().into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        let next = trees.get(index + 1);
        match tree {
            TokenTree::Group(group) => variables.extend(self::variables(&group.stream())),
            TokenTree::Ident(word)
                if word.to_string().starts_with(|first: char| first.is_lowercase() || first == '_')
                    && word != "_"
                    && ends_operand(Some(tree))
                    && !is_punct(next, ':')
                    && !is_punct(next, '!')
                    && !matches!(next, Some(TokenTree::Group(_)))
                    && !(index > 1 && is_punct(trees.get(index - 1), ':') && is_punct(trees.get(index - 2), ':')) =>
            {
                variables.push(word.clone());
            }
            _ => {}
        }
    }
    variables
}

/// Whether a pattern borrows mutably from what it takes apart.
pub(crate) fn borrows_mutably(pattern: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = pattern.clone().into_iter().collect();
    trees.iter().any(|tree| matches!(tree, TokenTree::Group(group) if borrows_mutably(&group.stream())))
        || trees.windows(2).any(|pair| {
            matches!(pair, [TokenTree::Ident(first), TokenTree::Ident(second)] if first == "ref" && second == "mut")
        })
}
