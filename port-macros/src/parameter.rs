//! A parameter: what stands between two commas of a signature.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
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
    /// rustc refuses it, or is about to. It is left out, or it would be refused once more.
    Malformed {
        whole: TokenStream,
        write: String,
    },
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
            Some(_) if !is_receiver => match what_was_meant(&pattern, &ty) {
                Some(write) => Shape::Malformed { whole, write },
                None => Shape::Typed { pattern, ty },
            },
            None if !is_receiver => Shape::Malformed { write: with_colon(&whole), whole },
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
            Shape::Receiver(_) | Shape::Variadic(_) | Shape::Malformed { .. } => None,
        }
    }

    /// As people write it.
    pub(crate) fn text(&self) -> String {
        match &self.shape {
            Shape::Typed { pattern, ty } => format!("{}: {}", text(pattern), text(ty)),
            Shape::Receiver(whole) | Shape::Variadic(whole) | Shape::Malformed { whole, .. } => text(whole),
        }
    }
}

impl ToTokens for Parameter {
    /// As it was written, without our mark.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let attributes = self.attributes.iter().filter(|attribute| !attribute.is_mark());
        let shape = match &self.shape {
            Shape::Typed { pattern, ty } => quote!(#pattern: #ty),
            Shape::Receiver(whole) | Shape::Variadic(whole) | Shape::Malformed { whole, .. } => whole.clone(),
        };
        tokens.extend(quote!(#(#attributes)* #shape));
    }
}

/// What to write for a parameter with a name and no type, or the other way round.
fn with_colon(whole: &TokenStream) -> String {
    let words: Vec<String> = whole.clone().into_iter().map(|tree| tree.to_string()).collect();
    match &words[..] {
        [name, ty @ ..] if !ty.is_empty() && ty[0].starts_with(char::is_alphabetic) => {
            format!("{name}: {}", text(&whole.clone().into_iter().skip(1).collect()))
        }
        [ty] if ty.starts_with(char::is_uppercase) => format!("listener: {ty}"),
        _ => format!("{}: std::net::TcpListener", text(whole)),
    }
}

/// Spellings that rustc does not take, and what to write for them.
fn what_was_meant(pattern: &TokenStream, ty: &TokenStream) -> Option<String> {
    let trees: Vec<TokenTree> = pattern.clone().into_iter().collect();
    let is_mark = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "free_port");
    if let Some(mark) = trees.iter().position(is_mark).filter(|mark| mark + 1 < trees.len()) {
        let name: TokenStream = trees[mark + 1..].iter().cloned().collect();
        return Some(format!("#[free_port] {}: {}", text(&name), text(ty)));
    }
    let types: Vec<TokenTree> = ty.clone().into_iter().collect();
    if types.is_empty() {
        return Some(format!("{}: std::net::TcpListener", text(pattern)));
    }
    let equals = types.iter().position(|tree| is_punct(Some(tree), '='));
    if let Some(equals) = equals.filter(|_| !types.iter().any(|tree| is_punct(Some(tree), '<'))) {
        let [ty, port]: [TokenStream; 2] =
            [&types[..equals], &types[equals + 1..]].map(|trees| trees.iter().cloned().collect());
        return Some(format!("#[free_port(prefer = {})] {}: {}", text(&port), text(pattern), text(&ty)));
    }
    if let [TokenTree::Group(group)] = &types[..] {
        let semicolon = group.stream().into_iter().any(|tree| is_punct(Some(&tree), ';'));
        if group.delimiter() == Delimiter::Parenthesis && semicolon {
            return Some(format!("{}: [{}]", text(pattern), text(&group.stream())));
        }
        let comma = group.stream().into_iter().any(|tree| is_punct(Some(&tree), ','));
        if group.delimiter() == Delimiter::Bracket && comma && !semicolon {
            return Some(format!("{}: [{}]", text(pattern), text(&group.stream()).replacen(',', ";", 1)));
        }
    }
    None
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
