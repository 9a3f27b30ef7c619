//! An attribute in front of a function or of a parameter.

use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};

use crate::likeness::likeliest;
use crate::tokens::is_one_of;

pub(crate) struct Attribute {
    pound: Punct,
    brackets: Group,
    /// The last segment of its path: `test` for `#[tokio::test]`.
    pub(crate) name: Ident,
    /// What follows the path.
    pub(crate) arguments: TokenStream,
    pub(crate) role: Role,
}

/// Whose an attribute on a parameter is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// `#[free_port]`.
    Mark,
    /// `#[freeport]`, and `#[with_free_port]` in its place: meant as a mark.
    MistypedMark,
    /// `#[port(8080)]` where nobody else could take it: meant as a mark, too.
    OtherMark,
    /// It says something to rustc, or to a tool, about a binding, and nothing to other macros.
    Binding,
    /// It does not say whose parameter it is.
    Unclear,
    /// Another macro's.
    Foreign,
}

impl Attribute {
    pub(crate) fn read_all(input: ParseStream) -> Result<Vec<Self>> {
        let mut attributes = Vec::new();
        while input.peek(Token![#]) {
            let pound = input.parse()?;
            // rustc has told of `#![free_port]`.
            input.parse::<Option<Token![!]>>()?;
            let brackets: Group = input.parse()?;
            let (tool, name, arguments) = Self::read_path.parse2(brackets.stream())?;
            let role = Role::of(tool.as_ref(), &name);
            attributes.push(Self { pound, brackets, name, arguments, role });
        }
        Ok(attributes)
    }

    /// The first segment of a path that has several, the last one, and what follows.
    fn read_path(input: ParseStream) -> Result<(Option<Ident>, Ident, TokenStream)> {
        let mut first = None;
        loop {
            input.parse::<Option<Token![::]>>()?;
            let segment = input.call(Ident::parse_any)?;
            if !input.peek(Token![::]) {
                return Ok((first, segment, input.parse()?));
            }
            first.get_or_insert(segment);
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

    /// Whether rustc has refused it: `#[free-port]`, `#[free_port prefer = 1]`, `#[mut]`.
    pub(crate) fn is_refused(&self) -> bool {
        let mut trees = self.arguments.clone().into_iter();
        match trees.next() {
            // `#[mut]`
            _ if syn::parse2::<Ident>(self.name.to_token_stream()).is_err() => true,
            Some(TokenTree::Group(_)) => trees.next().is_some(),
            Some(TokenTree::Punct(equals)) => equals.as_char() != '=',
            Some(_) => true,
            None => false,
        }
    }

    /// Whether it is more than a word to rustc.
    pub(crate) fn may_be_macro(&self) -> bool {
        const BUILT_IN: [&str; 12] = [
            "cold",
            "deprecated",
            "doc",
            "free_port",
            "ignore",
            "inline",
            "must_use",
            "no_mangle",
            "should_panic",
            "test",
            "track_caller",
            "with_free_port",
        ];
        self.role != Role::Binding && !is_one_of(&self.name, &BUILT_IN)
    }

    /// Whether it calls the function with values of its own, and so would tell of parameters that are missing.
    pub(crate) fn calls(&self) -> bool {
        is_one_of(&self.name, &["test_case", "test_matrix", "parameterized"])
    }

    /// Takes what is nobody's for a mark.
    pub(crate) fn claim(&mut self) {
        if self.role == Role::Foreign {
            self.role = Role::OtherMark;
        }
    }

    pub(crate) fn is_mark(&self) -> bool {
        matches!(self.role, Role::Mark | Role::MistypedMark | Role::OtherMark)
    }

    /// `expect` as `allow`, for a second place where the same lint need not fire.
    pub(crate) fn without_expectation(&self) -> TokenStream {
        let (pound, arguments) = (&self.pound, &self.arguments);
        if self.name == "expect" { quote!(#pound[allow #arguments]) } else { self.to_token_stream() }
    }
}

impl Role {
    fn of(tool: Option<&Ident>, name: &Ident) -> Self {
        const BINDING: [&str; 6] = ["cfg", "allow", "expect", "warn", "deny", "forbid"];
        const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];
        let is_of_tool = tool.is_some_and(|tool| is_one_of(tool, &TOOLS));
        match name.to_string().as_str() {
            _ if is_of_tool => Self::Binding,
            "free_port" => Self::Mark,
            "with_free_port" => Self::MistypedMark,
            "cfg_attr" | "doc" => Self::Unclear,
            word if BINDING.contains(&word) => Self::Binding,
            word if tool.is_none() && likeliest(word, &["free_port"]).is_some() => Self::MistypedMark,
            _ => Self::Foreign,
        }
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.pound.to_tokens(tokens);
        self.brackets.to_tokens(tokens);
    }
}
