//! The environment of a child, as std would make it; `LISTEN_*` apart.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe to call, and so is what changes an environment")]

use std::env;
use std::ffi::{CStr, c_char};
use std::os::unix::process::CommandExt;
use std::process::Command;

use port_runtime::PassListeners;

use crate::support::{alone, consumer, output, plainly, tcp};

/// The variables that a child has, in order, the sockets' own apart.
fn variables(description: &str) -> Vec<String> {
    let variables = description.lines().filter_map(|line| line.strip_prefix("variable: "));
    variables.filter(|variable| !variable.starts_with("LISTEN_")).map(ToOwned::to_owned).collect()
}

/// Started by std, with a socket, and by std again.
fn in_both_ways(make: impl Fn() -> Command) -> [Vec<String>; 3] {
    let by_std = output(make().spawn().expect("it can be started"));
    let mut command = make();
    let passing = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
    let passing = output(passing);
    assert!(passing.contains("variable: LISTEN_FDS=1\n"), "{passing}");
    let again = output(command.spawn().expect("it can be started"));
    [by_std, passing, again].map(|description| variables(&description))
}

#[track_caller]
fn assert_alike(make: impl Fn() -> Command) -> Vec<String> {
    let [by_std, passing, again] = in_both_ways(make);
    assert_eq!(passing, by_std);
    assert_eq!(again, by_std, "a spawn without sockets is not what it was");
    by_std
}

fn describe() -> Command {
    consumer(["describe"])
}

fn changed(mut command: Command, change: impl FnOnce(&mut Command)) -> Command {
    change(&mut command);
    command
}

#[test]
fn is_as_with_std() {
    assert_alike(describe);
    assert_alike(|| changed(describe(), |it| _ = it.env("ZERO", "").env("AND", "=")));
    assert_alike(|| changed(describe(), |it| _ = it.env_remove("HOME")));
    assert_alike(|| changed(describe(), |it| _ = it.env_clear()));
    assert_alike(|| changed(describe(), |it| _ = it.env_clear().env("env -i", "x")));
    assert_alike(|| changed(describe(), |it| _ = it.current_dir("/").env("Z", "1").env("A", "2")));
    assert_alike(|| changed(describe(), |it| _ = it.current_dir("/").env_clear()));
    assert_alike(|| changed(describe(), |it| _ = it.arg0("env -i").env("A", "2")));
    assert_alike(|| changed(describe(), |it| _ = it.arg0("env -i").env_clear()));
}

/// What is stale in one spawn is not in the next one.
#[test]
fn has_later_what_was_set_on_the_command() {
    let mut command = changed(describe(), |it| _ = it.env("LISTEN_PIDFDID", "1").env("LISTEN_FDS_FIRST_FD", "7"));
    for _ in 0..2 {
        let child = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
        let passing = output(child);
        assert!(!passing.contains("LISTEN_PIDFDID") && !passing.contains("LISTEN_FDS_FIRST_FD"), "{passing}");
        let plain = output(command.spawn().expect("it can be started"));
        assert!(plain.contains("variable: LISTEN_PIDFDID=1\n"), "{plain}");
        assert!(plain.contains("variable: LISTEN_FDS_FIRST_FD=7\n") && !plain.contains("LISTEN_FDS="), "{plain}");
    }
}

unsafe extern "C" {
    static mut environ: *const *const c_char;
}

/// Gives this process an environment that nobody could make with `setenv`.
fn replace_environment(strings: &'static [&'static CStr]) {
    let pointers: Vec<_> = strings.iter().map(|it| it.as_ptr()).chain([std::ptr::null()]).collect();
    // SAFETY: called before there is a thread that looks at it; the array and the strings live forever.
    unsafe { environ = pointers.leak().as_ptr() };
}

#[test]
fn may_have_duplicates_and_what_is_no_variable() {
    alone("environment::may_have_duplicates_and_what_is_no_variable", plainly, || {
        replace_environment(&[
            c"TWICE=1",
            c"LISTEN_FDS=9",
            c"TWICE=2",
            c"no variable",
            c"=C:=C:\\",
            c"PATH=/usr/bin:/bin",
            c"LISTEN_PID=1",
            c"TWICE=1",
        ]);
        let all = assert_alike(describe);
        assert_eq!(all, ["TWICE=1", "TWICE=2", "no variable", "=C:=C:\\", "PATH=/usr/bin:/bin", "TWICE=1"]);
        assert_alike(|| changed(describe(), |it| _ = it.env("OTHER", "x")));
        assert_alike(|| changed(describe(), |it| _ = it.env_remove("OTHER")));
        // SAFETY: no other thread looks at it.
        unsafe { environ = std::ptr::null() };
        assert_eq!(assert_alike(describe), [""; 0]);
    });
}

#[test]
fn may_be_changed_by_a_closure() {
    let setting = |mut command: Command| {
        let set = || {
            // SAFETY: the strings are static, and this process has one thread.
            let status = unsafe { libc::setenv(c"BY_CLOSURE".as_ptr(), c"1".as_ptr(), 1) };
            // SAFETY: likewise.
            let status = status + unsafe { libc::setenv(c"LISTEN_FDS".as_ptr(), c"9".as_ptr(), 1) };
            assert_eq!(status, 0);
            Ok(())
        };
        // SAFETY: glibc lets a fork allocate.
        unsafe { command.pre_exec(set) };
        command
    };
    let [by_std, passing, _] = in_both_ways(|| setting(describe()));
    assert_eq!(passing, by_std);
    assert!(passing.contains(&"BY_CLOSURE=1".to_owned()), "{passing:?}");
    // Std puts what was set on the command in the place of all that.
    let [by_std, passing, _] = in_both_ways(|| setting(changed(describe(), |it| _ = it.env("A", "1"))));
    assert_eq!(passing, by_std);
    assert!(!passing.contains(&"BY_CLOSURE=1".to_owned()), "{passing:?}");
    assert!(env::var_os("BY_CLOSURE").is_none());
}
