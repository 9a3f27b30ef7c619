//! The function as it was written. Everything that stays as it is stays raw: only the parameters are looked into.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};
use syn::{LitStr, Token, token};

use crate::attribute::Attribute;
use crate::parameter::Parameter;
use crate::split::{Angles, is_arrow_shaft, split_at_commas};
use crate::tokens::is_punct;

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) qualifiers: Qualifiers,
    pub(crate) fn_token: Token![fn],
    pub(crate) name: Ident,
    pub(crate) generics: TokenStream,
    pub(crate) parentheses: Group,
    /// In the order of the signature.
    pub(crate) parameters: Vec<Parameter>,
    /// What stands between `->` and `where`, where there is an arrow.
    pub(crate) output: Option<Vec<TokenTree>>,
    /// All that follows the parameters: the arrow, the output, the where clause.
    pub(crate) tail: TokenStream,
    /// Absent in the declaration of a trait's method.
    pub(crate) body: Option<Group>,
}

/// From the visibility to the last word in front of `fn`, or of what else this is.
#[derive(Default)]
pub(crate) struct Qualifiers {
    tokens: TokenStream,
    pub(crate) constness: Option<Ident>,
    pub(crate) asyncness: Option<Ident>,
    /// The ABI of `extern "C"`, with its keyword.
    pub(crate) abi: Option<(Ident, Option<LitStr>)>,
}

impl Function {
    pub(crate) fn read(
        input: ParseStream,
        attributes: Vec<Attribute>,
        qualifiers: Qualifiers,
        body: Option<Group>,
    ) -> Result<Self> {
        let fn_token = input.parse()?;
        let name = input.call(Ident::parse_any)?;
        let generics = read_generics(input)?;
        let parentheses: Group = input.parse()?;
        // Whoever takes the attribute of a parameter stands on the function.
        let may_be_anybodys = attributes.iter().any(Attribute::may_be_macro);
        let mut parameters = Vec::new();
        for part in split_at_commas(parentheses.stream(), Angles::InTypes) {
            let mut parameter = Parameter::read.parse2(part.tokens())?;
            if !may_be_anybodys {
                parameter.claim_attributes();
            }
            parameters.push(parameter);
        }
        let (tail, output) = read_tail(input)?;
        Ok(Self { attributes, qualifiers, fn_token, name, generics, parentheses, parameters, output, tail, body })
    }
}

impl Qualifiers {
    /// Attributes, and the words up to one that is no qualifier.
    pub(crate) fn read(input: ParseStream) -> Result<(Vec<Attribute>, Self)> {
        let attributes = Attribute::read_all(input)?;
        let mut this = Self::default();
        loop {
            if is_visibility(input) {
                input.parse::<TokenTree>()?.to_tokens(&mut this.tokens);
                continue;
            }
            let ahead = input.fork();
            let Ok(word) = ahead.call(Ident::parse_any) else {
                break;
            };
            match word.to_string().as_str() {
                "const" => this.constness = Some(word),
                "async" => this.asyncness = Some(word),
                "extern" if !ahead.peek(Token![crate]) => {
                    input.call(Ident::parse_any)?.to_tokens(&mut this.tokens);
                    let abi: Option<LitStr> = input.parse()?;
                    abi.to_tokens(&mut this.tokens);
                    this.abi = Some((word, abi));
                    continue;
                }
                "pub" | "crate" | "unsafe" | "safe" | "default" if !ahead.peek(Token![!]) => {}
                _ => break,
            }
            input.call(Ident::parse_any)?.to_tokens(&mut this.tokens);
        }
        Ok((attributes, this))
    }
}

impl ToTokens for Qualifiers {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// The `(crate)` of `pub(crate)`, or a `$vis` that `macro_rules!` has wrapped.
fn is_visibility(input: ParseStream) -> bool {
    input.peek(token::Paren) || input.peek(token::Group)
}

/// Up to the parentheses of the parameters; those of `<F: Fn(u8) -> u8>` are inside angle brackets.
///
/// Tree by tree: a type that `macro_rules!` inserts is one, and a `<` at its beginning is inside.
fn read_generics(input: ParseStream) -> Result<TokenStream> {
    let mut generics: Vec<TokenTree> = Vec::new();
    let mut depth = 0_usize;
    while depth > 0 || !input.peek(token::Paren) {
        let tree: TokenTree = input.parse()?;
        if is_punct(Some(&tree), '<') {
            depth += 1;
        } else if is_punct(Some(&tree), '>') && !is_arrow_shaft(generics.last()) {
            depth = depth.saturating_sub(1);
        }
        generics.push(tree);
    }
    Ok(generics.into_iter().collect())
}

/// `-> Output where …`, raw: `where` is a keyword, so no type contains it.
fn read_tail(input: ParseStream) -> Result<(TokenStream, Option<Vec<TokenTree>>)> {
    let arrow: Option<Token![->]> = input.parse()?;
    let mut output: Vec<TokenTree> = Vec::new();
    while !input.is_empty() && !input.peek(Token![where]) && !input.peek(Token![;]) {
        output.push(input.parse()?);
    }
    let mut tail = quote!(#arrow #(#output)*);
    while !input.is_empty() && !input.peek(Token![;]) {
        input.parse::<TokenTree>()?.to_tokens(&mut tail);
    }
    input.parse::<Option<Token![;]>>()?;
    Ok((tail, arrow.map(|_| output)))
}
