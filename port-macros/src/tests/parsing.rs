//! What is read of a function, and what is left as it is.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::{mistakes, tokens};
use crate::fallback::without_marks;
use crate::function::Function;
use crate::item::Item;
use crate::output::{future_output, infer_impl};
use crate::parameter::Shape;
use crate::rewrite;
use crate::split::split_off_braces;
use crate::tokens::{stream, text};

fn function(source: &str) -> Function {
    match Item::read(tokens(source)) {
        Item::Function(function) => *function,
        _ => panic!("no function: {source}"),
    }
}

/// As `macro_rules!` wraps what it inserts.
fn wrapped(inner: TokenStream) -> TokenStream {
    TokenTree::Group(Group::new(Delimiter::None, inner)).into()
}

#[test]
fn parameters_have_a_shape() {
    for (source, expected) in [
        ("self", "receiver"),
        ("mut self", "receiver"),
        ("&self", "receiver"),
        ("&'a mut self", "receiver"),
        ("self: Box<Self>", "receiver"),
        ("mut self: Pin<&mut Self>", "receiver"),
        ("...", "variadic"),
        ("mut rest: ...", "variadic"),
        ("a: A", "a | A"),
        ("mut a: ::b::C", "mut a | ::b::C"),
        ("b::C { d: (e, ..) }: b::C", "b::C{ d:(e, ..) } | b::C"),
        ("b::C::<D>(e): b::C<D>", "b::C::<D>(e) | b::C<D>"),
        ("_: fn(a: u8) -> b::C", "_ | fn(a:u8)->b::C"),
        ("a @ 1..=5: u8", "a@1..=5 | u8"),
        ("&a: &A", "&a | &A"),
        ("ref mut a: &'a A", "ref mut a | &'a A"),
        ("a: &'a [A]", "a | &'a[A]"),
        ("a: unsafe extern \"C\" fn(A)", "a | unsafe extern \"C\" fn(A)"),
        ("a: dyn Fn(A) -> [A; 2] + 'a", "a | dyn Fn(A)->[A; 2]+'a"),
        ("a: b![\"c\"]", "a | b![\"c\"]"),
        ("a: [A; { 1 | 2 }]", "a | [A; { 1|2 }]"),
        // rustc refuses these by itself, and once is enough.
        ("a", "malformed"),
        ("A a", "malformed"),
        ("free_port a: A", "malformed"),
        ("[free_port] a: A", "malformed"),
        ("a #[free_port]: A", "malformed"),
        ("*a: A", "malformed"),
        ("a: #[free_port] A", "malformed"),
        ("a: A b: B", "malformed"),
        ("a: A; b: B", "malformed"),
        ("a: A[2]", "malformed"),
        ("a: [A, 2]", "malformed"),
        ("a: [A; 2; 3]", "malformed"),
        ("a: (A; 2)", "malformed"),
        ("a: A = 5", "malformed"),
        ("a: A | B", "malformed"),
        ("a: b.A", "malformed"),
        ("a: mut A", "malformed"),
        ("a: \"tcp\"", "malformed"),
        ("a: A::bind(\"b\")", "malformed"),
    ] {
        let function = function(&format!("fn f({source}) {{}}"));
        let found = match &function.parameters[0].shape {
            Shape::Typed { pattern, ty } => format!("{} | {}", text(pattern), text(ty)),
            Shape::Receiver(_) => "receiver".to_owned(),
            Shape::Variadic(_) => "variadic".to_owned(),
            Shape::Malformed(_) => "malformed".to_owned(),
        };
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn signatures_are_taken_apart() {
    let function = function(
        "#[a] #[b::test(c)] pub(in crate::x) default const async unsafe extern \"C\" fn name<'a, T: A<B>, F: Fn(u8) -> G<u8>, const N: usize>(self) \
         -> Result<impl A + use<'a, T>, [u8; { N }]> where T: B, [u8; N]: C {}",
    );
    assert_eq!(function.attributes.iter().map(|a| a.name.to_string()).collect::<Vec<_>>(), ["a", "test"]);
    assert!(function.qualifiers.constness.is_some() && function.qualifiers.asyncness.is_some());
    assert_eq!(function.qualifiers.abi.unwrap().1.unwrap().value(), "C");
    assert_eq!(function.name, "name");
    assert_eq!(text(&function.generics), "<'a, T:A<B>, F:Fn(u8)->G<u8>, const N:usize>");
    assert_eq!(text(&stream(&function.output.unwrap())), "Result<impl A+use<'a, T>, [u8; { N }]>");
    assert!(text(&function.tail).ends_with("where T:B, [u8; N]:C"));
    assert!(function.body.is_some());
}

#[test]
fn declarations_have_no_body() {
    let function = function("fn f(&self) -> u8 where Self: Sized;");
    assert!(function.body.is_none());
    assert!(!text(&function.tail).contains(';'));
}

#[test]
fn groups_of_macro_rules_are_looked_through() {
    let (body, ty) = (wrapped(quote!({ drop(l) })), wrapped(quote!(L)));
    let item = quote!(pub fn f(l: #ty) #body);
    let (signature, body) =
        split_off_braces(quote!(#[test] #[attribute]).into_iter().chain(wrapped(item.clone())).collect());
    assert_eq!(text(&signature), "#[test]#[attribute]pub fn f(l:L)");
    assert_eq!(text(&body.unwrap().stream()), "drop(l)");

    for visibility in [quote!(), quote!(pub(crate))] {
        let visibility = wrapped(visibility);
        let Item::Function(function) = Item::read(quote!(#visibility fn f(l: L) {})) else {
            panic!("a visibility hides the function")
        };
        assert_eq!(function.parameters.len(), 1);
    }
    let (literal, path) = (wrapped(quote!(0)), wrapped(quote!(::a::b)));
    let output = rewrite(&quote!(crate = #path), item.clone()).to_string();
    assert!(output.contains(":: a :: b :: port_runtime :: PortRequest :: new"), "{output}");
    let output = rewrite(&quote!(prefer = #literal), item).to_string();
    assert!(output.contains("compile_error"), "a literal is checked, wherever it comes from: {output}");
}

#[test]
fn impl_has_no_name() {
    for (source, expected) in [
        ("Result<impl A<B = C> + 'a, D>", "Result<_, D>"),
        ("(impl Fn() -> A<B>, Box<impl C>)", "(_, Box<_>)"),
        ("A<impl B<impl C, D>, E>", "A<_, E>"),
        ("&'a impl A", "&'a _"),
        ("[impl A; 2]", "[_; 2]"),
        ("dyn A<B>", "dyn A<B>"),
    ] {
        // A `;` ends no bounds, but is found nowhere else than in arrays.
        let inferred = text(&infer_impl(tokens(source)));
        assert_eq!(inferred.replace("[_]", "[_; 2]"), expected, "{source}");
    }
}

#[test]
fn futures_have_an_output() {
    let boxed = "::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<A, B<C>>> + Send + 'async_trait>>";
    assert_eq!(text(&stream(&future_output(tokens(boxed).into_iter().collect()))), "Result<A, B<C>>");
    let output = rewrite(&quote!(), tokens("fn f(l: L) -> async_trait::Other {}")).to_string();
    assert!(output.contains("if false { return __free_port_on_error"), "only the lifetime is telling: {output}");
}

#[test]
fn marks_are_taken_out_of_blocks() {
    let item = "impl A { fn a(#[free_port] l: L, #[other] o: O, #[free_port(prefer = 1)] m: M) { [#[x] 5] } }";
    let expected = "impl A { fn a(l: L, #[other] o: O, m: M) { [#[x] 5] } }";
    assert_eq!(text(&without_marks(tokens(item))), text(&tokens(expected)));
    let annotated = "impl A { #[with_free_port] fn a(#[free_port] l: L, o: O) {} }";
    assert!(rewrite(&quote!(), tokens(annotated)).to_string().contains("[free_port] l"));
}

#[test]
fn expressions_and_statements_are_left_to_rustc() {
    for source in
        ["|l: L| drop(l)", "let x = 5;", "{ 5 }", "async move {}", "unsafe {}", "match x {}", "5", "mod x;", ""]
    {
        assert_eq!(text(&rewrite(&quote!(), tokens(source))), text(&tokens(source)));
    }
}

#[test]
fn a_half_typed_body_expands() {
    let output = rewrite(&quote!(), tokens("fn f(l: L) { let x = l.; if }")).to_string();
    assert!(output.contains("let x = l .; if") && !output.contains("compile_error"), "{output}");
}

#[test]
fn parameters_of_other_macros_are_kept() {
    for ours in ["cfg(x)", "allow(x)", "expect(x)", "warn(x)", "deny(x)", "forbid(x)"] {
        assert_eq!(mistakes("", &format!("fn f(#[{ours}] l: L) {{}}")).len(), 0, "{ours}");
    }
    assert_eq!(mistakes("", "fn f(#[case] n: u16) {}").len(), 1);
    assert_eq!(mistakes("", "fn f(#[case] n: u16, l: L) {}").len(), 0);
    assert_eq!(mistakes("", "fn f(n: u16, #[free_port] #[cfg(x)] #[expect(y)] l: L) {}").len(), 0);
    assert_eq!(mistakes("", "fn f(n: u16, #[free_port] #[case] l: L) {}").len(), 1);
    assert_eq!(mistakes("", "fn f(#[cfg_attr(x, case)] n: u16, #[free_port] l: L) {}").len(), 0);
}

#[test]
fn one_port_is_not_for_two() {
    let two = "fn f(a: A, b: B) {}";
    assert_eq!(mistakes("env = \"PORT\"", two).len(), 1);
    assert_eq!(mistakes("inherit = \"http\"", two).len(), 1);
    assert_eq!(mistakes("inherit", two).len(), 0);
    assert_eq!(mistakes("env = \"PORT\"", "fn f(a: A, #[case] b: B) {}").len(), 0);
    assert_eq!(mistakes("env = \"PORT\"", "fn f(#[cfg(x)] a: A, #[cfg(not(x))] a: B) {}").len(), 0);
    assert_eq!(mistakes("env = \"PORT\"", "fn f(#[free_port] a: A, #[free_port(env = \"OTHER\")] b: B) {}").len(), 0);
}

#[test]
fn a_boxed_future_of_somebody_else_is_left_alone() {
    let item = "fn f<'async_trait>(l: L) -> Pin<Box<dyn Future<Output = ()> + 'async_trait>> { later }";
    let output = rewrite(&TokenStream::new(), tokens(item)).to_string();
    assert!(output.ends_with("{ later }"), "{output}");
}

#[test]
fn extern_alone_is_refused() {
    let fix = "an `extern` function keeps its parameters; remove `extern`";
    assert_eq!(mistakes("", "extern fn f(listener: L) {}"), [fix]);
    assert_eq!(mistakes("", "unsafe extern fn f(listener: L) {}"), [fix]);
}
