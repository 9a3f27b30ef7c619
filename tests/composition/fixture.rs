//! Runs cargo over the crates in `fixture/`.

use std::fmt::Write;
use std::sync::LazyLock;

use test_support::{Annotated, Package, Random, Workspace, annotated};

static WORKSPACE: LazyLock<Workspace> = LazyLock::new(|| {
    Workspace::new(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/harness"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/fixture"),
        &[
            Package { is_macro: true, ..package("harness_macros", "") },
            package("harness", "port-runtime.path = '{ours}'\nharness_macros.path = '../harness_macros'"),
            package("user", "harness.path = '../harness'"),
            package("renamed", "free_ports = { package = 'port-runtime', path = '{ours}' }"),
            package("mistakes", MISTAKES),
            Package { source: None, ..package("generated", "port-runtime.path = '{ours}'") },
        ],
    )
});

const MISTAKES: &str = "port-runtime = { path = '{ours}', features = ['tokio'] }
rstest = { version = '*', default-features = false }
serial_test = { version = '*', default-features = false }
test-case = '*'
tokio = { version = '1', features = ['macros', 'net'] }";

fn package<'a>(name: &'a str, dependencies: &'a str) -> Package<'a> {
    Package { name, source: Some(name), edition: "2024", is_macro: false, dependencies }
}

/// The harness, its attribute, and a dependency under another name.
#[test]
fn users_of_a_harness_depend_on_it_alone() {
    for (package, tests) in [("user", 8), ("renamed", 2)] {
        let output = WORKSPACE.run("test", package, &["--lib"]);
        let result = format!("test result: ok. {tests} passed; 0 failed; 0 ignored");
        assert!(output.contains(&result), "{output}");
    }
}

#[test]
fn orders_that_cannot_work_are_explained() {
    let output = WORKSPACE.run("test", "mistakes", &["--no-run", "--message-format=short"]);
    WORKSPACE.assert_diagnostics("mistakes", &["error"], &output);
}

/// What the tests of the macro call right is right to rustc, too, and worth no warning.
#[test]
fn random_functions_compile_without_warnings() {
    let mut source = String::from("#![deny(warnings)]\n#![allow(dead_code)]\n\n");
    for seed in 0..300 {
        let Annotated { arguments, item } = annotated(&mut Random::new(seed), &format!("generated_{seed}"));
        let (open, close) = if seed % 3 == 0 {
            (format!("pub struct Methods{seed};\nimpl Methods{seed} {{\n"), "}\n")
        } else {
            (String::new(), "")
        };
        writeln!(source, "{open}#[port_runtime::with_free_port({arguments})]\n{item}\n{close}").unwrap();
    }
    let output = check_generated(&source);
    assert!(!output.contains("error") && !output.contains("warning"), "{output}");
    let broken = check_generated(&source.replacen("drop(", "dorp(", 1));
    assert!(broken.contains("cannot find function `dorp`"), "it is really checked: {broken}");
}

/// What cargo says about a library with this text.
fn check_generated(source: &str) -> String {
    WORKSPACE.write("generated", source);
    WORKSPACE.run("check", "generated", &["--message-format=short"])
}
