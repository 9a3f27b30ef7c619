//! Names, nothing to pass, and commands and listeners that are used more than once.

use std::io::ErrorKind;

use port_runtime::PassListeners;

use crate::support::{consumer, listed, output, shell, tcp};

#[test]
fn names_that_cannot_be_passed_are_refused() {
    let long = "x".repeat(256);
    let cases = [
        (
            "a:b",
            "the listener name \"a:b\" contains `:`, which separates names in `LISTEN_FDNAMES`; use another character",
        ),
        ("é", "the listener name \"é\" has more in it than printable ASCII characters; use only these"),
        ("a\nb", "the listener name \"a\\nb\" has more in it than printable ASCII characters; use only these"),
        ("a\0b", "the listener name \"a\\0b\" has more in it than printable ASCII characters; use only these"),
        (&long, &format!("the listener name {long:?} is longer than 255 characters; use a shorter one")),
    ];
    for (name, message) in cases {
        let mut passed = PassListeners::new().with("fine", tcp()).with(name, tcp());
        let error = passed.spawn(&mut consumer(["describe"])).expect_err("the name is wrong");
        assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::InvalidInput, message));
    }
}

#[test]
fn unusual_names_are_passed() {
    let long = "x".repeat(255);
    for name in ["", " ", "~", "a=b/$(c) \"d\"", &long] {
        let mut passed = PassListeners::new().with("first", tcp()).with(name, tcp());
        let child = passed.spawn(&mut shell("printf %s \"$LISTEN_FDNAMES\"")).expect("it can be started");
        assert_eq!(output(child), format!("first:{name}"));
    }
}

#[test]
fn nothing_to_pass_starts_a_child_that_is_passed_nothing() {
    let child = PassListeners::new().spawn(&mut consumer(["describe"])).expect("it can be started");
    let description = output(child);
    assert!(description.contains("variable: ") && !description.contains("variable: LISTEN_"), "{description}");
    let plain = output(consumer(["describe"]).spawn().expect("it can be started"));
    let sorted = |description: &str| {
        let mut lines: Vec<_> = description.lines().map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&description), sorted(&plain));
}

#[test]
fn listeners_go_to_one_child() {
    let mut passed = PassListeners::new().with("http", tcp());
    output(passed.spawn(&mut consumer(["describe"])).expect("it can be started"));
    let error = passed.spawn(&mut consumer(["describe"])).expect_err("the listener is gone");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "the listeners went to an earlier child; add others with `with`");

    let listener = tcp();
    let address = listener.local_addr().expect("bound");
    let mut child = passed.with("again", listener).spawn(&mut consumer(["sd-listen-fds", "list"])).expect("started");
    assert_eq!(listed(&mut child), [format!("again tcp {address}")]);
    assert!(child.wait().expect("a child").success());
}

#[test]
fn a_command_can_be_spawned_again() {
    let mut command = consumer(["sd-listen-fds", "list"]);
    let sockets_of = |mut child| {
        let sockets = listed(&mut child);
        assert!(child.wait().expect("a child").success());
        sockets
    };
    for _ in 0..3 {
        let (first, second) = (tcp(), tcp());
        let expected = [&first, &second].map(|listener| format!("x tcp {}", listener.local_addr().expect("bound")));
        let mut passed = PassListeners::new().with("x", first).with("x", second);
        assert_eq!(sockets_of(passed.spawn(&mut command).expect("it can be started")), expected);
        // As std does it, there is nothing to take.
        assert_eq!(sockets_of(command.spawn().expect("it can be started")), [""; 0]);
        // A spawn that fails is over, too.
        PassListeners::new().with("a:b", tcp()).spawn(&mut command).expect_err("the name is wrong");
        PassListeners::new().with("x", tcp()).spawn(command.current_dir("/no/such")).expect_err("it is missing");
        assert_eq!(sockets_of(command.current_dir("/").spawn().expect("it can be started")), [""; 0]);
    }
}
