//! What was set on the command holds, as in a spawn by std, which is asked each time for what it does.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe to call")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::{env, io};

use port_runtime::PassListeners;

use crate::support::{alone, consumer, folder, output, plainly, shell, tcp, udp};

/// Starts the helper in both ways. Whatever it gets must be the same, and the sockets come on top.
fn same_as_std(set: fn(&mut Command) -> &mut Command) {
    let (mut plain, mut passing) =
        (consumer(["describe", "and", "", "so on"]), consumer(["describe", "and", "", "so on"]));
    set(&mut plain);
    set(&mut passing);
    let mut listeners = PassListeners::new().with("http", tcp()).with("dns", udp());
    let passing = output(listeners.spawn(&mut passing).expect("it can be started"));
    let plain = output(plain.spawn().expect("it can be started"));

    let own = ["descriptor: 3 ", "descriptor: 4 ", "variable: LISTEN_"];
    let common = |description: &str| {
        let lines = description.lines().filter(|line| !own.iter().any(|start| line.starts_with(start)));
        let mut lines: Vec<_> = lines.map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(common(&passing), common(&plain));
    assert!(common(&plain).len() > 5, "{plain}");

    let mut passed: Vec<_> = passing.lines().filter(|line| own.iter().any(|start| line.starts_with(start))).collect();
    passed.sort_unstable();
    assert_eq!(
        passed,
        [
            "descriptor: 3 socket:",
            "descriptor: 4 socket:",
            "variable: LISTEN_FDNAMES=http:dns",
            "variable: LISTEN_FDS=2",
            "variable: LISTEN_PID=mine",
        ]
    );
}

#[test]
fn nothing_set() {
    same_as_std(|command| command);
}

#[test]
fn variables_set() {
    same_as_std(|command| command.env("GREETING", "hello = world").env("EMPTY", "").env_remove("HOME"));
}

#[test]
fn variables_cleared() {
    same_as_std(|command| command.env_clear());
    same_as_std(|command| {
        command.env("GONE", "yes").env_clear().env("GREETING", "hello").env("OTHER", "x").env_remove("OTHER")
    });
}

#[test]
fn directory_set() {
    same_as_std(|command| command.current_dir("/").env("GREETING", "hello"));
}

#[test]
fn process_group_set() {
    same_as_std(|command| command.process_group(0));
}

#[test]
fn stale_variables_of_the_command_are_replaced() {
    let mut command = consumer(["describe"]);
    command.env_clear().env("LISTEN_PID", "1").env("LISTEN_FDS", "9").env("LISTEN_FDNAMES", "a:b");
    command.env("LISTEN_PIDFDID", "1").env("LISTEN_FDS_FIRST_FD", "7").env("LISTEN_ADDRESS", "kept");
    let child = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
    assert_eq!(
        variables(&output(child)),
        ["LISTEN_ADDRESS=kept", "LISTEN_FDNAMES=http", "LISTEN_FDS=1", "LISTEN_PID=mine"]
    );
}

#[test]
fn stale_variables_of_this_process_are_replaced() {
    let stale = |command: &mut Command| {
        command.env("LISTEN_PID", "1").env("LISTEN_FDS", "9").env("LISTEN_FDNAMES", "a:b");
        plainly(command.env("LISTEN_PIDFDID", "1").env("LISTEN_FDS_FIRST_FD", "7").env("LISTEN_ADDRESS", "kept"))
    };
    alone("command::stale_variables_of_this_process_are_replaced", stale, || {
        assert_eq!(env::var("LISTEN_PIDFDID").as_deref(), Ok("1"));
        let child = PassListeners::new().with("http", tcp()).spawn(&mut consumer(["describe"])).expect("started");
        let expected = ["LISTEN_ADDRESS=kept", "LISTEN_FDNAMES=http", "LISTEN_FDS=1", "LISTEN_PID=mine"];
        assert_eq!(variables(&output(child)), expected);
        let child = PassListeners::new().spawn(&mut consumer(["describe"])).expect("started");
        assert_eq!(variables(&output(child)), ["LISTEN_ADDRESS=kept"]);
    });
}

fn variables(description: &str) -> Vec<&str> {
    let mut variables: Vec<_> = description.lines().filter_map(|line| line.strip_prefix("variable: ")).collect();
    variables.retain(|variable| variable.starts_with("LISTEN_"));
    variables.sort_unstable();
    variables
}

#[test]
fn pipes() {
    let mut command = shell("cat; echo $LISTEN_FDS >&2");
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
    child.stdin.take().expect("piped").write_all(b"through").expect("open");
    let output = child.wait_with_output().expect("readable");
    assert_eq!((&*output.stdout, &*output.stderr), (&b"through"[..], &b"1\n"[..]));
}

#[test]
fn user_and_group() {
    // Only root may become somebody else.
    let own = fs::metadata("/proc/self").expect("readable");
    let (user, group) = if own.uid() == 0 { (65534, 65533) } else { (own.uid(), own.gid()) };
    let mut command = shell("id -u; id -g; test $LISTEN_PID = $$ && echo passed");
    command.uid(user).gid(group);
    let child = PassListeners::new().with("http", tcp()).spawn(&mut command).expect("it can be started");
    assert_eq!(output(child), format!("{user}\n{group}\npassed\n"));
}

#[test]
fn closures() {
    let mut command = shell("umask; test $LISTEN_PID = $$ && echo $LISTEN_FDS");
    for mask in [0o777, 0o027] {
        let set = move || {
            // SAFETY: cannot fail.
            unsafe { libc::umask(mask) };
            Ok(())
        };
        // SAFETY: the closure makes one system call.
        unsafe { command.pre_exec(set) };
    }
    let child = PassListeners::new().with("a", tcp()).with("b", tcp()).spawn(&mut command).expect("it can be started");
    assert_eq!(output(child).lines().collect::<Vec<_>>(), ["0027", "2"]);
}

type Case = (&'static str, fn(&mut Command) -> &mut Command, Result<(), io::ErrorKind>);

/// Where a program is found, or what is wrong with it: in both ways the same.
#[cfg_attr(emulated, ignore = "qemu loses the errors of posix_spawn(3), and so those of std")]
#[test]
fn the_program_is_looked_up_as_by_std() {
    let script = "ln -s /bin/sh only-here && echo '#!/bin/sh' >not-executable && echo 'exit 0' >without-interpreter \
        && echo '#!/no/such/interpreter' >broken && chmod +x without-interpreter broken";
    // Made by another process: a program that is open for writing cannot be started, and a test that forks meanwhile
    // would keep it open for an instant.
    output(shell(script).current_dir(folder("looked_up")).spawn().expect("it can be started"));

    let cases: [Case; 14] = [
        ("sh", |command| command, Ok(())),
        ("sh", |command| command.env_clear(), Ok(())),
        ("sh", |command| command.env_remove("PATH"), Ok(())),
        ("sh", |command| command.env("PATH", "/no/such:/bin"), Ok(())),
        ("sh", |command| command.env("PATH", "/no/such"), Err(io::ErrorKind::NotFound)),
        ("only-here", |command| command, Err(io::ErrorKind::NotFound)),
        ("only-here", in_path, Ok(())),
        ("./only-here", in_folder, Ok(())),
        ("./only-here", |command| command, Err(io::ErrorKind::NotFound)),
        ("not-executable", in_path, Err(io::ErrorKind::PermissionDenied)),
        ("./not-executable", in_folder, Err(io::ErrorKind::PermissionDenied)),
        ("without-interpreter", in_path, Ok(())),
        ("./broken", in_folder, Err(io::ErrorKind::NotFound)),
        ("/", |command| command, Err(io::ErrorKind::PermissionDenied)),
    ];
    for (program, set, expected) in cases {
        let make = || {
            let mut command = Command::new(program);
            command.args(["-c", "exit 0"]).stdout(Stdio::null());
            set(&mut command);
            command
        };
        let passing = PassListeners::new().with("http", tcp()).spawn(&mut make());
        let outcomes = [make().spawn(), passing].map(|spawned| {
            let mut child = spawned.map_err(|error| (error.kind(), error.raw_os_error()))?;
            assert!(child.wait().expect("a child").success(), "{:?}", make());
            Ok(())
        });
        assert_eq!(outcomes[0], outcomes[1], "{:?}", make());
        assert_eq!(outcomes[1].map_err(|(kind, _)| kind), expected, "{:?}", make());
    }
}

fn in_path(command: &mut Command) -> &mut Command {
    command.env("PATH", concat!(env!("CARGO_TARGET_TMPDIR"), "/looked_up"))
}

fn in_folder(command: &mut Command) -> &mut Command {
    command.current_dir(concat!(env!("CARGO_TARGET_TMPDIR"), "/looked_up"))
}

/// The one difference: without closures, std starts a program in a way that knows no such scripts.
#[cfg_attr(emulated, ignore = "qemu loses the errors of posix_spawn(3), and so those of std")]
#[test]
fn a_script_without_an_interpreter_is_run_as_by_std_with_closures() {
    output(shell("echo 'exit 5' >script && chmod +x script").current_dir(folder("scripts")).spawn().expect("started"));
    let script = || Command::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/scripts/script"));
    let mut child = PassListeners::new().with("http", tcp()).spawn(&mut script()).expect("it can be started");
    assert_eq!(child.wait().expect("a child").code(), Some(5));
    assert_eq!(script().status().expect_err("it is no program").raw_os_error(), Some(libc::ENOEXEC));
    // SAFETY: the closure does nothing.
    let status = unsafe { script().pre_exec(|| Ok(())).status() };
    assert_eq!(status.expect("it can be started").code(), Some(5));
}
