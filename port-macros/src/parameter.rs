//! A parameter: what stands between two commas of a signature.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Token;
use syn::parse::{ParseStream, Result};

use crate::attribute::{Attribute, Role};
use crate::split::ends_operand;
use crate::tokens::{has_sign, is_one_of, is_punct, mentions_any, text};

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
    /// rustc has refused it already. It is left out, or it would be refused once more.
    Malformed(TokenStream),
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
                input.parse::<TokenTree>()?.to_tokens(&mut pattern);
            }
        }
        let colon: Option<Token![:]> = input.parse()?;
        let is_variadic = input.peek(Token![...]);
        let ty: TokenStream = input.parse()?;
        let shape = match colon {
            _ if is_variadic => Shape::Variadic(whole),
            Some(_) if !is_receiver && (is_no_pattern(&pattern) || is_no_type(&ty)) => Shape::Malformed(whole),
            Some(_) if !is_receiver => Shape::Typed { pattern, ty },
            None if !is_receiver => Shape::Malformed(whole),
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

    /// Takes what is nobody else's for a mark, where a socket is meant.
    pub(crate) fn claim_attributes(&mut self) {
        let has_some = !self.attributes.is_empty() && self.mark().is_none();
        if has_some && matches!(&self.shape, Shape::Typed { ty, .. } if is_socket(ty)) {
            self.attributes.iter_mut().for_each(Attribute::claim);
        }
    }

    pub(crate) fn pattern(&self) -> Option<&TokenStream> {
        match &self.shape {
            Shape::Typed { pattern, .. } => Some(pattern),
            Shape::Receiver(_) | Shape::Variadic(_) | Shape::Malformed(_) => None,
        }
    }

    /// As people write it.
    pub(crate) fn text(&self) -> String {
        match &self.shape {
            Shape::Typed { pattern, ty } => format!("{}: {}", text(pattern), text(ty)),
            Shape::Receiver(whole) | Shape::Variadic(whole) | Shape::Malformed(whole) => text(whole),
        }
    }
}

impl ToTokens for Parameter {
    /// As it was written, without our mark.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let attributes = self.attributes.iter().filter(|attribute| !attribute.is_mark());
        let shape = match &self.shape {
            Shape::Typed { pattern, ty } => quote!(#pattern: #ty),
            Shape::Receiver(whole) | Shape::Variadic(whole) | Shape::Malformed(whole) => whole.clone(),
        };
        tokens.extend(quote!(#(#attributes)* #shape));
    }
}

/// Of two parameters under `cfg` perhaps only one is there.
pub(crate) fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.name == "cfg")
}

/// Whether rustc has refused a pattern: `free_port l: T`, `*l: T`, `l #[free_port]: T`.
fn is_no_pattern(pattern: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = pattern.clone().into_iter().collect();
    has_sign(&trees, &['*', '#'])
        || trees.windows(2).any(|pair| ends_operand(pair.first()) && pair[0].to_string() != "box" && is_name(&pair[1]))
}

/// Whether rustc has refused a type: `T = 5`, `T[2]`, `(T; 2)`, `mut T`, `net.TcpListener`, `"tcp"`.
///
/// Anything that could be a type, now or later, is one: what is refused here is not filled.
fn is_no_type(ty: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = ty.clone().into_iter().collect();
    let contains = |group: &Group, sign| group.stream().into_iter().any(|tree| is_punct(Some(&tree), sign));
    match &trees[..] {
        [] | [TokenTree::Literal(_), ..] => return true,
        [TokenTree::Ident(word), ..] if word == "mut" => return true,
        [TokenTree::Group(group)] => {
            return match group.delimiter() {
                Delimiter::Parenthesis => contains(group, ';'),
                Delimiter::Bracket => match group.stream().into_iter().filter(|tree| is_punct(Some(tree), ';')).count()
                {
                    0 => contains(group, ','),
                    semicolons => semicolons > 1 || is_punct(group.stream().into_iter().last().as_ref(), ';'),
                },
                _ => false,
            };
        }
        // Between angle brackets is more than types.
        _ if has_sign(&trees, &['<']) => return false,
        _ => {}
    }
    let follows_name = |index: usize| {
        let is_lifetime = index > 1 && is_punct(trees.get(index - 2), '\'');
        let is_keyword = matches!(&trees[index - 1], TokenTree::Ident(word) if is_one_of(word, &KEYWORDS_OF_TYPES));
        is_name(&trees[index - 1]) && !is_lifetime && !is_keyword
    };
    has_sign(&trees, &['=', ';', '|', '.', '#', '@'])
        || (1..trees.len()).any(|index| match &trees[index] {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => follows_name(index),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                let first = group.stream().into_iter().next();
                matches!(first, Some(TokenTree::Literal(_))) && follows_name(index)
            }
            next @ TokenTree::Ident(_) => follows_name(index) && is_name(next),
            _ => false,
        })
}

/// Words in front of a type that are no names in it.
const KEYWORDS_OF_TYPES: [&str; 6] = ["extern", "safe", "pin", "auto", "default", "typeof"];

/// A word that is no keyword, or one that may end an expression.
fn is_name(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Ident(_)) && ends_operand(Some(tree))
}

/// Whether a type is a socket by its spelling, or holds some.
pub(crate) fn is_socket(ty: &TokenStream) -> bool {
    const SOCKETS: [&str; 7] =
        ["TcpListener", "UdpSocket", "TcpSocket", "ClientSocket", "ReservedPort", "DualStack", "Async"];
    mentions_any(ty, &SOCKETS)
}

/// The variables of a pattern, as far as spelling tells them from constants, fields and paths.
pub(crate) fn variables(pattern: &TokenStream) -> Vec<Ident> {
    let mut variables = Vec::new();
    let trees: Vec<TokenTree> = pattern.clone().into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        let next = trees.get(index + 1);
        match tree {
            // What a macro is called with is not what it binds.
            TokenTree::Group(_) if index > 0 && is_punct(trees.get(index - 1), '!') => {}
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
        || trees.windows(2).any(|pair| pair[0].to_string() == "ref" && pair[1].to_string() == "mut")
}
