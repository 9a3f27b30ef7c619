//! An attribute in front of a function or of a parameter.

use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};

pub(crate) struct Attribute {
    pound: Punct,
    brackets: Group,
    /// The last segment of its path: `test` for `#[tokio::test]`.
    pub(crate) name: Ident,
    /// What follows the path.
    pub(crate) arguments: TokenStream,
}

impl Attribute {
    pub(crate) fn read_all(input: ParseStream) -> Result<Vec<Self>> {
        let mut attributes = Vec::new();
        while input.peek(Token![#]) {
            let pound = input.parse()?;
            let brackets: Group = input.parse()?;
            let (name, arguments) = Self::read_path.parse2(brackets.stream())?;
            attributes.push(Self { pound, brackets, name, arguments });
        }
        Ok(attributes)
    }

    fn read_path(input: ParseStream) -> Result<(Ident, TokenStream)> {
        loop {
            input.parse::<Option<Token![::]>>()?;
            let segment = input.call(Ident::parse_any)?;
            if !input.peek(Token![::]) {
                return Ok((segment, input.parse()?));
            }
        }
    }

    /// The arguments in parentheses, or nothing where there are none.
    pub(crate) fn options(&self) -> Option<TokenStream> {
        let mut trees = self.arguments.clone().into_iter();
        match (trees.next(), trees.next()) {
            (None, _) => Some(TokenStream::new()),
            (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => {
                Some(group.stream())
            }
            _ => None,
        }
    }

    pub(crate) fn is_mark(&self) -> bool {
        self.name == "free_port"
    }

    /// Attributes that say something to rustc about a binding, and nothing to other macros.
    pub(crate) fn belongs_to_binding(&self) -> bool {
        self.name == "cfg" || self.is_lint_level()
    }

    /// Attributes that do not say whose parameter it is.
    pub(crate) fn is_unclear(&self) -> bool {
        self.name == "cfg_attr" || self.name == "doc"
    }

    fn is_lint_level(&self) -> bool {
        ["allow", "expect", "warn", "deny", "forbid"].iter().any(|level| self.name == level)
    }

    /// `expect` as `allow`, for a second place where the same lint need not fire.
    pub(crate) fn without_expectation(&self) -> TokenStream {
        let (pound, arguments) = (&self.pound, &self.arguments);
        if self.name == "expect" { quote!(#pound[allow #arguments]) } else { self.to_token_stream() }
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend([TokenTree::from(self.pound.clone()), TokenTree::from(self.brackets.clone())]);
    }
}
