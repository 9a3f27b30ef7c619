//! What rustc and clippy say about annotated functions: nothing where they are right, one lesson where they are not.

mod editor;
mod fixture;

use editor::Editor;
use fixture::{assert_diagnostics, run};

#[test]
fn right_functions_run() {
    trybuild::TestCases::new().pass("pass/*.rs");
}

#[cfg_attr(not(pinned_rustc), ignore = "the texts in fail/ are those of another rustc")]
#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("fail/*/*.rs");
}

/// Of the standard text about a missing trait only the first line is ours: the list of candidates varies.
#[test]
fn types_that_cannot_be_filled_are_reported_once() {
    assert_diagnostics("types", &run("check", "types", &[]));
}

/// trybuild does not build with `--test`, so these are the only cases that see what `#[test]` makes of a mistake.
#[test]
fn mistakes_in_tests_are_reported_once() {
    assert_diagnostics("mistakes", &run("test", "mistakes", &["--no-run"]));
}

#[test]
fn lints_of_the_user_still_fire() {
    assert_diagnostics("lints", &run("check", "lints", &[]));
}

#[test]
fn the_expansion_is_silent() {
    for edition in fixture::EDITIONS {
        assert_diagnostics("quiet", &run("check", &format!("quiet-{edition}"), &[]));
    }
}

#[cfg_attr(not(has_clippy), ignore = "cargo clippy is not installed")]
#[test]
fn the_expansion_is_silent_under_clippy() {
    for edition in fixture::EDITIONS {
        assert_diagnostics("quiet", &run("clippy", &format!("quiet-{edition}"), &[]));
    }
}

#[cfg_attr(not(has_rust_analyzer), ignore = "rust-analyzer is not installed")]
#[test]
fn an_editor_understands_it() {
    let editor = &mut Editor::open(fixture::edited());
    let function = |attribute: &str, body: &str| {
        format!("use port_runtime::with_free_port;\nuse std::net::TcpListener;\n\n#[with_free_port{attribute}]\npub fn serves(listener: TcpListener) {{\n    {body}\n}}\n")
    };
    for body in ["listener.|", "let address = listener.|", "if listener.|", "let x = 5; listener.lo|"] {
        println!("{body}: {:?}", editor.completions(&function("", body)));
    }
    println!("{:?}", editor.hover(&function("", "lis|tener.local_addr();")));
    println!("{:?}", editor.hover(&function("", "listener.local_a|ddr();")));
    println!("{:?}", editor.hover(&function("(prefer = 8080, ti|meout = \"5s\")", "")));
    println!("{:?}", editor.hover(&function("(pref|er = 8080)", "")));
    println!("{:?}", editor.definitions(&function("", "listener.local_a|ddr();")));
    println!("{:?}", editor.definitions(&function("", "lis|tener.local_addr();")));
    println!("{:?}", editor.renamed(&function("", "lis|tener.local_addr(); listener.accept();")));
    println!("{:?}", editor.diagnostics(&function("(hots = 1|)", "listener.local_addr().unwrap();")));
    println!("{:?}", editor.diagnostics(&function("|", "listener.local_addr().unwrap();")));
    println!("{:?}", editor.completions(&function("(pre|)", "")));
}
