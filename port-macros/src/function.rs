//! The function as it was written. Everything that stays as it is stays raw: only the parameters are looked into.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};
use syn::{LitStr, Token, token};

use crate::attribute::Attribute;
use crate::parameter::Parameter;
use crate::tokens::{Angles, split_at_commas, split_off_braces};

/// What the attribute was put on.
pub(crate) enum Item {
    Function(Box<Function>),
    /// Something that rustc accepts an attribute on, but no function.
    Other {
        kind: &'static str,
        keyword: Ident,
        tokens: TokenStream,
    },
    Unknown(TokenStream),
}

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    /// From the visibility to the last qualifier in front of `fn`.
    pub(crate) qualifiers: TokenStream,
    pub(crate) constness: Option<Ident>,
    pub(crate) asyncness: Option<Ident>,
    /// The ABI of `extern "C"`, with its keyword.
    pub(crate) abi: Option<(Ident, Option<LitStr>)>,
    pub(crate) fn_token: Token![fn],
    pub(crate) name: Ident,
    pub(crate) generics: TokenStream,
    pub(crate) parentheses: Group,
    pub(crate) parameters: Vec<Parameter>,
    /// What stands between `->` and `where`, where there is an arrow.
    pub(crate) output: Option<TokenStream>,
    /// All that follows the parameters: the arrow, the output, the where clause.
    pub(crate) tail: TokenStream,
    /// Absent in the declaration of a trait's method.
    pub(crate) body: Option<Group>,
}

impl Item {
    pub(crate) fn read(item: TokenStream) -> Self {
        let (signature, body) = split_off_braces(item.clone());
        let mut keyword = None;
        let function = |input: ParseStream| Function::read(input, body, &mut keyword);
        match (function.parse2(signature), keyword) {
            (Ok(function), _) => Self::Function(Box::new(function)),
            (Err(_), Some((kind, keyword))) => Self::Other { kind, keyword, tokens: item },
            (Err(_), None) => Self::Unknown(item),
        }
    }
}

impl Function {
    /// Leaves the keyword of what it found where that is no function.
    fn read(input: ParseStream, body: Option<Group>, other: &mut Option<(&'static str, Ident)>) -> Result<Self> {
        let attributes = Attribute::read_all(input)?;
        let mut qualifiers = TokenStream::new();
        let mut constness = None;
        let mut asyncness = None;
        let mut abi = None;
        while !input.peek(Token![fn]) {
            if input.peek(Ident::peek_any) {
                let word = input.call(Ident::parse_any)?;
                qualifiers.extend([TokenTree::from(word.clone())]);
                match word.to_string().as_str() {
                    "const" => constness = Some(word),
                    "async" => asyncness = Some(word),
                    "extern" => {
                        let name: Option<LitStr> = input.parse()?;
                        name.to_tokens(&mut qualifiers);
                        abi = Some((word, name));
                    }
                    "pub" | "crate" | "unsafe" | "safe" | "default" => {}
                    _ => {
                        let is_macro_call = calls_macro(input);
                        *other = match constness {
                            _ if is_macro_call => Some(("a macro call", word)),
                            Some(constness) => Some(("a constant", constness)),
                            None => kind_of(&word, body.is_some()).map(|kind| (kind, word)),
                        };
                        return Err(input.error("not a function"));
                    }
                }
            } else if is_visibility(input) {
                qualifiers.extend([input.parse::<TokenTree>()?]);
            } else {
                *other = abi.map(|(word, _)| ("an `extern` block", word));
                return Err(input.error("not a function"));
            }
        }
        let fn_token = input.parse()?;
        let name = input.call(Ident::parse_any)?;
        let generics = read_generics(input)?;
        let parentheses: Group = input.parse()?;
        let parameters = split_at_commas(parentheses.stream(), Angles::InTypes)
            .into_iter()
            .map(|parameter| Parameter::read.parse2(parameter))
            .collect::<Result<_>>()?;
        let (tail, output) = read_tail(input)?;
        Ok(Self {
            attributes,
            qualifiers,
            constness,
            asyncness,
            abi,
            fn_token,
            name,
            generics,
            parentheses,
            parameters,
            output,
            tail,
            body,
        })
    }
}

impl Function {
    pub(crate) fn repeated_attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| attribute.name == "with_free_port")
    }

    pub(crate) fn other_attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| attribute.name != "with_free_port")
    }
}

/// The `(crate)` of `pub(crate)`, or a `$vis` that `macro_rules!` has wrapped.
fn is_visibility(input: ParseStream) -> bool {
    input.peek(token::Paren) || input.peek(token::Group)
}

/// Up to the parentheses of the parameters; those of `<F: Fn(u8) -> u8>` are inside angle brackets.
fn read_generics(input: ParseStream) -> Result<TokenStream> {
    let mut generics = TokenStream::new();
    let mut depth = 0_usize;
    while depth > 0 || !input.peek(token::Paren) {
        if input.peek(Token![->]) {
            input.parse::<Token![->]>()?.to_tokens(&mut generics);
            continue;
        }
        if input.peek(Token![<]) {
            depth += 1;
        } else if input.peek(Token![>]) {
            depth = depth.saturating_sub(1);
        }
        generics.extend([input.parse::<TokenTree>()?]);
    }
    Ok(generics)
}

/// Whether a path such as `std::thread_local!` goes on and calls a macro.
fn calls_macro(input: ParseStream) -> bool {
    let ahead = input.fork();
    while ahead.parse::<Token![::]>().is_ok() && ahead.call(Ident::parse_any).is_ok() {}
    ahead.peek(Token![!])
}

fn kind_of(word: &Ident, has_body: bool) -> Option<&'static str> {
    match word.to_string().as_str() {
        "struct" => Some("a struct"),
        "enum" => Some("an enum"),
        "union" => Some("a union"),
        "trait" => Some("a trait"),
        "impl" => Some("an `impl` block"),
        // rustc refuses `mod x;` by itself.
        "mod" if has_body => Some("a module"),
        "use" => Some("an import"),
        "type" => Some("a type alias"),
        "static" => Some("a static"),
        _ => None,
    }
}

/// `-> Output where …`, raw: `where` is a keyword, so no type contains it.
fn read_tail(input: ParseStream) -> Result<(TokenStream, Option<TokenStream>)> {
    let arrow: Option<Token![->]> = input.parse()?;
    let mut output = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![where]) && !input.peek(Token![;]) {
        output.extend([input.parse::<TokenTree>()?]);
    }
    let mut where_clause = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![;]) {
        where_clause.extend([input.parse::<TokenTree>()?]);
    }
    input.parse::<Option<Token![;]>>()?;
    let tail = quote!(#arrow #output #where_clause);
    Ok((tail, arrow.map(|_| output)))
}
