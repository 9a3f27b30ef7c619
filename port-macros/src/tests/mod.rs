//! Tests that need no compiler: the real function takes and returns tokens.

mod cost;
mod expansions;
mod fuzz;
mod mistakes;
mod parsing;
mod quoted;
mod splitting;
mod values;

use proc_macro2::TokenStream;

use crate::rewrite;

fn tokens(source: &str) -> TokenStream {
    source.parse().expect(source)
}

/// The messages that an attribute and its item are answered with.
fn mistakes(arguments: &str, item: &str) -> Vec<String> {
    let output = rewrite(&tokens(arguments), tokens(item)).to_string();
    let messages = output.split("compile_error ! { ").skip(1);
    let unquoted = messages.map(|message| syn::parse_str::<TokenStream>(&before_brace(message)).unwrap());
    unquoted.map(|literal| syn::parse2::<syn::LitStr>(literal).unwrap().value()).collect()
}

/// A message may contain braces of its own, but none after a quote.
fn before_brace(message: &str) -> String {
    let end = message.find("\" }").expect("a message ends in a quote");
    message[..=end].to_owned()
}
