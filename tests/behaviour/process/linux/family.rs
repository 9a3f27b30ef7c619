//! Whoever listens for the program counts: a child of a child, in another session, behind a shell, in a namespace.

use std::process::Command;

use test_support::PLENTY;

use crate::support::{Odd, assert_says_hello, reserve};

#[track_caller]
fn comes_up_and_goes(steps: &str) {
    let (port, odd) = (reserve(), Odd::new());
    comes_up_and_goes_as(&odd, &mut odd.command(&port, steps), &port);
}

#[track_caller]
fn comes_up_and_goes_as(odd: &Odd, command: &mut Command, port: &port_runtime::ReservedPort) {
    for _ in 0..3 {
        let server = port.start(command, PLENTY).unwrap();
        assert_says_hello(server.addr());
        assert_eq!(server.addrs(), [port.addr()]);
        assert!(!odd.processes().is_empty());
        drop(server);
        odd.assert_gone();
    }
}

/// The odd server behind other programs.
#[track_caller]
fn behind(wrapper: &[&str], steps: &str) {
    let (port, odd) = (reserve(), Odd::new());
    let inner = odd.command(&port, steps);
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(inner.get_program()).args(inner.get_args());
    comes_up_and_goes_as(&odd, &mut command, &port);
}

#[test]
fn itself() {
    comes_up_and_goes("listen={} serve");
}

#[test]
fn a_child_and_a_grandchild() {
    comes_up_and_goes("child listen={} serve");
    comes_up_and_goes("child child child listen={} serve");
}

#[test]
fn one_of_its_children_beside_itself() {
    comes_up_and_goes("listen={} beside serve");
}

#[test]
fn one_that_became_another_program() {
    comes_up_and_goes("sleep=20 exec sleep=20 exec listen={} serve");
}

#[test]
fn one_in_a_session_of_its_own() {
    comes_up_and_goes("child setsid listen={} serve");
    comes_up_and_goes("child setsid child setsid listen={} serve");
}

#[test]
fn behind_a_shell() {
    behind(&["sh", "-c", r#"exec "$0" "$@""#], "listen={} serve");
    behind(&["sh", "-c", r#""$0" "$@" & wait"#], "listen={} serve");
    behind(&["sh", "-c", r#"setsid "$0" "$@" & wait"#], "listen={} serve");
    behind(&["sh", "-c", r#"(("$0" "$@") & wait); true"#], "listen={} serve");
}

#[test]
fn who_ignores_the_signal_behind_who_does_not() {
    behind(&["sh", "-c", r#""$0" "$@" & wait"#], "stubborn listen={} serve");
}

/// The first process of a namespace is protected from most signals.
#[test]
#[cfg_attr(not(has_unshare), ignore = "`unshare` makes no namespaces here")]
fn in_a_pid_namespace() {
    behind(&["unshare", "-rpf"], "listen={} serve");
    behind(&["unshare", "-rpf", "sh", "-c", r#""$0" "$@" & wait"#], "listen={} serve");
}

/// Programs that change little in the one that they start, or nothing.
#[test]
fn behind_programs_that_start_others() {
    for wrapper in [
        &["env", "ODD=1"][..],
        &["nice", "-n", "1"],
        &["nohup"],
        &["setsid"],
        &["setsid", "--wait"],
        &["stdbuf", "-oL"],
        &["timeout", "600"],
        &["timeout", "--foreground", "600"],
        &["timeout", "-k", "1", "600", "nice", "env", "-i", "timeout", "600"],
    ] {
        behind(wrapper, "listen={} serve");
    }
}

#[test]
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
fn behind_a_tracer() {
    behind(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=none"], "listen={} serve");
}

/// Nothing says of it any more whose it is, but a limit that it has inherited.
#[test]
fn in_the_background_without_an_environment() {
    for _ in 0..5 {
        behind(&["sh", "-c", r#"(env -i "$0" "$@" &); sleep 600"#], "listen={} serve");
    }
    behind(&["sh", "-c", r#"(env -i "$0" "$@" &); sleep 600"#], "setsid child setsid stubborn listen={} serve");
}

/// The shell waits until it carries the mark.
const IN_THE_BACKGROUND: &str = r#"
    tries=0
    until grep -q 'file locks  *[0-9]' /proc/self/limits || test $tries = 1000; do
        tries=$((tries + 1)); sleep 0.01
    done
    (env -i "$0" "$@" &); sleep 600"#;

#[test]
fn in_the_background_of_a_child_that_was_spawned_in_another_way() {
    let (port, odd) = (reserve(), Odd::new());
    let inner = odd.command(&port, "listen={} serve");
    let mut command = Command::new("sh");
    command.args(["-c", IN_THE_BACKGROUND]).arg(inner.get_program()).args(inner.get_args());
    let server = port_runtime::ServerProcess::from_child(command.spawn().unwrap());
    port.wait_until_listening(PLENTY).unwrap();
    drop(server);
    odd.assert_gone();
}
