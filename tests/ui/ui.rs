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
fn mistakes_in_edition_2015_are_told() {
    assert_diagnostics("mistakes_2015", &run("check", "mistakes-2015", &[]));
}

#[test]
fn lints_of_the_user_still_fire() {
    assert_diagnostics("lints", &run("check", "lints", &[]));
}

#[test]
fn the_expansion_is_silent() {
    for (edition, source) in fixture::EDITIONS {
        assert_diagnostics(source, &run("check", &format!("quiet-{edition}"), &[]));
    }
}

#[cfg_attr(not(has_clippy), ignore = "cargo clippy is not installed")]
#[test]
fn the_expansion_is_silent_under_clippy() {
    for (edition, source) in fixture::EDITIONS {
        assert_diagnostics(source, &run("clippy", &format!("quiet-{edition}"), &[]));
    }
}

#[cfg_attr(not(has_rust_analyzer), ignore = "rust-analyzer is not installed")]
#[test]
fn an_editor_understands_annotated_functions() {
    let editor = &mut Editor::open(fixture::edited());

    for half_typed in
        ["listener.|", "let address = listener.|", "if listener.|", "listener.local_addr().unwrap(); listener.lo|"]
    {
        let completions = editor.completions(&function("", half_typed));
        assert!(completions.iter().any(|name| name == "local_addr()"), "{half_typed}: {completions:?}");
    }

    let hover = editor.hover(&function("", "lis|tener.local_addr();"));
    assert!(hover.contains("let listener: TcpListener") && !hover.contains("free_port"), "{hover}");
    let hover = editor.hover(&function("", "listener.local_ad|dr();"));
    assert!(hover.contains("pub fn local_addr(&self)") && !hover.contains("free_port"), "{hover}");
    for option in ["pre|fer = 8080", "prefer = 8080, time|out = \"5s\"", "in|herit = \"http\""] {
        let hover = editor.hover(&function(&format!("({option})"), ""));
        assert!(hover.contains("PortRequest\n") && hover.contains("-> Self"), "{option}: {hover}");
    }

    for half_typed in ["pre|", "ra| = 8000..9000", "env = \"PORT\", ti|, backlog = 5"] {
        let completions = editor.completions(&function(&format!("({half_typed})"), ""));
        for option in ["prefer", "range", "timeout", "on_error"] {
            assert!(completions.iter().any(|name| name == option), "{half_typed}: {completions:?}");
        }
    }

    assert_eq!(editor.definitions(&function("", "lis|tener.accept();")), ["lib.rs:4"]);
    let [definition] = &editor.definitions(&function("", "listener.acc|ept();"))[..] else { panic!("one definition") };
    assert!(definition.starts_with("tcp.rs:"), "{definition}");
    assert_eq!(editor.renamed(&function("", "lis|tener.accept(); drop(listener);")), 3, "the parameter, and two uses");

    assert_eq!(editor.diagnostics(&function("|", "drop(listener);")), [""; 0]);
    for (mistake, line, message) in [
        ("(hots = \"::1\")", 3, "unknown option `hots`; did you mean `host`?"),
        ("(prefer = 8080 inherit)", 3, "a comma is missing in front of `inherit`; write `, inherit`"),
        (
            "(on_error = return)",
            3,
            "`serves` has no return type that can hold an error; write `-> std::io::Result<()>`, or `on_error = panic`",
        ),
    ] {
        let diagnostics = editor
            .diagnostics(&function(&format!("{mistake}|"), "let address = listener.local_addr(); drop(address);"));
        assert_eq!(diagnostics, [format!("{line}: {message}")], "{mistake}");
        let completions = editor.completions(&function(mistake, "listener.|"));
        assert!(completions.iter().any(|name| name == "local_addr()"), "{mistake}: {completions:?}");
    }
}

/// An annotated function, with the attribute on the fourth line.
fn function(arguments: &str, body: &str) -> String {
    format!(
        "use port_runtime::with_free_port;\nuse std::net::TcpListener;\n\n\
         #[with_free_port{arguments}]\npub fn serves(listener: TcpListener) {{\n    {body}\n}}\n"
    )
}
