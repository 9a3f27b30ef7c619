//! What rustc and clippy say about annotated functions: nothing where they are right, one lesson where they are not.

mod fixture;

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
