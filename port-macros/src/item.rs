//! What the attribute was put on.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};

use crate::function::{Function, Qualifiers};
use crate::split::split_off_braces;

pub(crate) enum Item {
    Function(Box<Function>),
    /// Something that rustc accepts an attribute on, but no function.
    Other {
        kind: Kind,
        keyword: Ident,
        tokens: TokenStream,
    },
    /// A function, but one that we do not understand from this place on.
    Unreadable {
        place: Span,
        tokens: TokenStream,
    },
    /// Expressions, statements, `mod x;`: rustc refuses the attribute there by itself.
    RefusedByRustc(TokenStream),
}

/// Items that are no functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Constant,
    Enum,
    ExternBlock,
    ExternCrate,
    Impl,
    Import,
    MacroCall,
    Module,
    Static,
    Struct,
    Trait,
    TypeAlias,
    Union,
}

impl Item {
    pub(crate) fn read(item: TokenStream) -> Self {
        let (signature, body) = split_off_braces(item.clone());
        let has_body = body.is_some();
        let mut other = None;
        let function = |input: ParseStream| {
            let (attributes, qualifiers) = Qualifiers::read(input)?;
            other = kind_of(input, &qualifiers, has_body);
            Function::read(input, attributes, qualifiers, body)
        };
        match (function.parse2(signature.clone()), other) {
            (Ok(function), _) => Self::Function(Box::new(function)),
            (Err(_), Some((kind, keyword))) => Self::Other { kind, keyword, tokens: item },
            (Err(error), None) if is_function(signature) => Self::Unreadable { place: error.span(), tokens: item },
            (Err(_), None) => Self::RefusedByRustc(item),
        }
    }
}

impl Kind {
    /// Whether it may stand in an `impl` block, where nothing can be written beside it but macro calls.
    pub(crate) fn may_be_associated(self) -> bool {
        matches!(self, Self::Constant | Self::TypeAlias | Self::MacroCall)
    }

    /// What it is, and where the attribute belongs instead.
    pub(crate) fn name_and_fix(self) -> (&'static str, &'static str) {
        let on_a_function = "put it on a `fn`";
        match self {
            Self::Constant => ("a constant", on_a_function),
            Self::Enum => ("an enum", on_a_function),
            Self::ExternBlock => ("an `extern` block", "put it on a Rust function"),
            Self::ExternCrate => ("an `extern crate`", on_a_function),
            Self::Impl => ("an `impl` block", "put it on a method inside"),
            Self::Import => ("an import", on_a_function),
            Self::MacroCall => ("a macro call", "put it on the function inside"),
            Self::Module => ("a module", "put it on a function inside"),
            Self::Static => ("a static", on_a_function),
            Self::Struct => ("a struct", on_a_function),
            Self::Trait => ("a trait", "put it on a method with a body"),
            Self::TypeAlias => ("a type alias", on_a_function),
            Self::Union => ("a union", on_a_function),
        }
    }
}

/// What follows the qualifiers, where that is no `fn`.
fn kind_of(input: ParseStream, qualifiers: &Qualifiers, has_body: bool) -> Option<(Kind, Ident)> {
    if input.peek(Token![fn]) {
        return None;
    }
    let Ok(word) = input.fork().call(Ident::parse_any) else {
        let (keyword, _) = qualifiers.abi.as_ref()?;
        return Some((Kind::ExternBlock, keyword.clone()));
    };
    if calls_macro(input) {
        return Some((Kind::MacroCall, word));
    }
    if let Some(constness) = &qualifiers.constness {
        return Some((Kind::Constant, constness.clone()));
    }
    let kind = match word.to_string().as_str() {
        "extern" => Kind::ExternCrate,
        "struct" => Kind::Struct,
        "enum" => Kind::Enum,
        "union" => Kind::Union,
        "trait" | "auto" => Kind::Trait,
        "impl" => Kind::Impl,
        // rustc refuses `mod x;` by itself.
        "mod" if has_body => Kind::Module,
        "use" => Kind::Import,
        "type" => Kind::TypeAlias,
        "static" => Kind::Static,
        _ => return None,
    };
    Some((kind, word))
}

/// Whether a path such as `std::thread_local!` calls a macro.
fn calls_macro(input: ParseStream) -> bool {
    let ahead = input.fork();
    let path = |input: ParseStream| -> Result<()> {
        input.parse::<Option<Token![::]>>()?;
        input.call(Ident::parse_any)?;
        while input.peek(Token![::]) {
            input.parse::<Token![::]>()?;
            input.call(Ident::parse_any)?;
        }
        Ok(())
    };
    path(&ahead).is_ok() && ahead.peek(Token![!])
}

/// Whether there is an `fn` with a name, outside all brackets. That of a type, as in `let f: fn(u8) = …`, has none.
fn is_function(signature: TokenStream) -> bool {
    let trees: Vec<TokenTree> = signature.into_iter().collect();
    trees.windows(2).any(|pair| matches!(pair, [TokenTree::Ident(word), TokenTree::Ident(_)] if word == "fn"))
}
