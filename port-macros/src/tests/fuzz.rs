//! Random functions and random tokens. `FUZZ_INPUTS=1000000 cargo test -p port-macros --release fuzz` takes longer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use test_support::{Annotated, Random, annotated, seeds};

use super::tokens;
use crate::item::Item;
use crate::rewrite;

const DELIMITERS: [Delimiter; 4] = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];

#[test]
fn right_functions_become_right_functions() {
    for seed in seeds(500) {
        let random = &mut Random::new(seed);
        let Annotated { arguments, item } = annotated(random, "f");
        // `macro_rules!` wraps what it inserts: the whole item, its body, the value of an option, a type.
        let names_one_port = ["env", "inherit ="].iter().any(|option| arguments.contains(option));
        let wrapped_item = wrap_some(random, tokens(&item), !names_one_port);
        let wrapped_arguments = wrap_values(random, tokens(&arguments));
        let output = rewrite(&wrapped_arguments, wrapped_item);
        let text = output.to_string();
        assert!(!text.contains("compile_error"), "seed {seed}: #[with_free_port({arguments})] {item}\n{text}");
        assert!(!text.contains("free_port]"), "seed {seed}: a mark is left over: {text}");
        let parsed = syn::parse2::<syn::ItemFn>(output);
        assert!(parsed.is_ok(), "seed {seed}: {:?}\n#[with_free_port({arguments})] {item}\n{text}", parsed.err());
        assert!(text.contains("'__free_port_body"), "seed {seed}: nothing was filled: {text}");
    }
}

#[test]
fn nothing_makes_it_panic() {
    let (mut all, mut read, mut refused) = (0_u32, 0_u32, 0_u32);
    for seed in seeds(2_000) {
        let random = &mut Random::new(seed);
        let Annotated { arguments, item } = annotated(random, "f");
        let (mut arguments, mut item) = (tokens(&arguments), tokens(&item));
        for _ in 0..random.below(4) {
            arguments = mutated(random, arguments, 3);
            item = mutated(random, item, 3);
        }
        let text = format!("seed {seed}: #[with_free_port({arguments})] {item}");
        all += 1;
        read += u32::from(matches!(Item::read(item.clone()), Item::Function(_)));
        let output = catch_unwind(AssertUnwindSafe(|| rewrite(&arguments, item).to_string()));
        refused += u32::from(output.expect(&text).contains("compile_error"));
    }
    println!("{all} inputs, {read} of them functions, {refused} refused");
    assert!(read > all / 2, "only {read} of {all} get past the first check");
    assert!(refused > all / 10 && refused < read, "{refused} of {all} are refused");
}

/// Changes one place, at some depth.
fn mutated(random: &mut Random, tokens: TokenStream, depth: usize) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    if trees.is_empty() {
        return any_tree(random, 2).into();
    }
    let place = random.below(trees.len());
    let groups =
        trees.iter_mut().filter_map(|tree| if let TokenTree::Group(group) = tree { Some(group) } else { None });
    let mut groups: Vec<_> = groups.collect();
    if depth > 0 && !groups.is_empty() && !random.one_in(3) {
        let index = random.below(groups.len());
        let inner = mutated(random, groups[index].stream(), depth - 1);
        *groups[index] = Group::new(groups[index].delimiter(), inner);
        return trees.into_iter().collect();
    }
    match random.below(6) {
        0 => drop(trees.remove(place)),
        1 => trees.insert(place, trees[place].clone()),
        2 => trees.insert(place, any_tree(random, 2)),
        3 => trees[place] = any_tree(random, 2),
        4 => trees.swap(place, 0),
        _ => {
            let end = place + random.below(trees.len() - place) + 1;
            let inner = trees.drain(place..end).collect();
            trees.insert(place, Group::new(random.pick(&DELIMITERS), inner).into());
        }
    }
    trees.into_iter().collect()
}

fn any_tree(random: &mut Random, depth: usize) -> TokenTree {
    const WORDS: [&str; 26] = [
        "fn",
        "pub",
        "const",
        "async",
        "unsafe",
        "extern",
        "self",
        "mut",
        "impl",
        "where",
        "crate",
        "free_port",
        "case",
        "cfg",
        "host",
        "range",
        "prefer",
        "request",
        "on_error",
        "panic",
        "timeout",
        "_",
        "r#fn",
        "Output",
        "cfg_attr",
        "with_free_port",
    ];
    const SIGNS: [char; 14] = ['<', '>', ',', ':', ';', '=', '-', '.', '&', '#', '!', '?', '|', '\''];
    const NUMBERS: [u64; 6] = [0, 1, 8080, 65535, 65536, u64::MAX];
    const TEXTS: [&str; 10] =
        ["", "8080", "8000-9000", "[::1]:80", "127.0.0.256", "1.5s", "-1s", "C", "\u{0}é=", "99999999999999999999999h"];
    match random.below(5) {
        0 if depth > 0 => {
            let inner = (0..random.below(4)).map(|_| any_tree(random, depth - 1)).collect();
            Group::new(random.pick(&DELIMITERS), inner).into()
        }
        1 => match random.pick(&WORDS) {
            word if word.starts_with("r#") => Ident::new_raw(&word[2..], Span::call_site()).into(),
            word => Ident::new(word, Span::call_site()).into(),
        },
        2 => Literal::string(random.pick(&TEXTS)).into(),
        3 => Literal::u64_unsuffixed(random.pick(&NUMBERS)).into(),
        _ => Punct::new(random.pick(&SIGNS), random.pick(&[Spacing::Alone, Spacing::Joint])).into(),
    }
}

fn wrapped(inner: TokenStream) -> TokenTree {
    Group::new(Delimiter::None, inner).into()
}

fn wrap_some(random: &mut Random, item: TokenStream, may_fill_more: bool) -> TokenStream {
    let mut trees: Vec<TokenTree> = item.into_iter().collect();
    if random.one_in(3) {
        let body = trees.pop();
        trees.push(wrapped(body.into_iter().collect()));
    }
    let parameters = trees.iter_mut().find_map(|tree| match tree {
        TokenTree::Group(group)
            if group.to_string().contains("filled0") && group.delimiter() == Delimiter::Parenthesis =>
        {
            Some(group)
        }
        _ => None,
    });
    if let Some(parameters) = parameters.filter(|_| may_fill_more && random.one_in(3)) {
        let last = wrapped(quote!(::std::net::TcpListener));
        let (before, mark) = (parameters.stream(), parameters.to_string().contains("free_port"));
        let comma = (!before.to_string().ends_with(',')).then(|| quote!(,));
        let mark = mark.then(|| quote!(#[free_port]));
        *parameters = Group::new(Delimiter::Parenthesis, quote!(#before #comma #mark _: #last));
    }
    let item = trees.into_iter().collect();
    if random.one_in(3) { wrapped(item).into() } else { item }
}

/// All that follows an `=`, up to the comma, where that is one token or a group.
fn wrap_values(random: &mut Random, arguments: TokenStream) -> TokenStream {
    let mut output: Vec<TokenTree> = Vec::new();
    for tree in arguments {
        let is_value =
            output.last().is_some_and(|last| last.to_string() == "=") && matches!(tree, TokenTree::Literal(_));
        output.push(if is_value && random.one_in(2) { wrapped(tree.into()) } else { tree });
    }
    output.into_iter().collect()
}
