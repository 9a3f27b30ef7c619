//! What cannot be started is reported as std reports it, and leaves nothing behind.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe to call")]

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use port_runtime::PassListeners;

use crate::closures::limit_descriptors;
use crate::support::{alone, ask_tcp, consumer, listed, own_children, own_descriptors, plainly, shell, tcp};

fn listeners(count: usize) -> PassListeners {
    (0..count).fold(PassListeners::new(), |listeners, index| listeners.with(index.to_string(), tcp()))
}

#[cfg_attr(emulated, ignore = "qemu loses the errors of posix_spawn(3), and so those of std")]
#[test]
fn a_missing_program_is_not_found() {
    for count in [0, 1, 2, 5, 50] {
        let error = listeners(count).spawn(&mut Command::new("no-such-program")).expect_err("it is missing");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let expected = Command::new("no-such-program").spawn().expect_err("it is missing");
        assert_eq!(error.to_string(), expected.to_string());
    }
}

#[cfg_attr(emulated, ignore = "qemu loses the errors of posix_spawn(3), and so those of std")]
#[test]
fn other_errors_are_those_of_std() {
    let long = "x".repeat(1 << 20);
    let commands: [&dyn Fn() -> Command; 7] = [
        &|| with(|command| command.current_dir("/no/such/folder")),
        &|| with(|command| command.arg(&long)),
        &|| with(|command| command.env("LONG", &long)),
        &|| with(|command| command.arg("a\0b")),
        &|| with(|command| command.env("NAME", "a\0b")),
        &|| with(|command| command.env(OsStr::from_bytes(b"a\0b"), "value")),
        &|| Command::new("a\0b"),
    ];
    for command in commands {
        let expected = command().spawn().expect_err("std refuses it");
        let error = listeners(2).spawn(&mut command()).expect_err("std refuses it");
        assert_eq!((error.kind(), error.raw_os_error()), (expected.kind(), expected.raw_os_error()));
    }
}

fn with(set: impl FnOnce(&mut Command) -> &mut Command) -> Command {
    let mut command = shell("exit 0");
    set(&mut command);
    command
}

#[test]
fn a_closure_reports_its_own_error() {
    for count in [1, 5] {
        let mut command = consumer(["describe"]);
        // SAFETY: the closure does nothing.
        unsafe { command.pre_exec(|| Err(io::Error::from_raw_os_error(libc::EOWNERDEAD))) };
        let error = listeners(count).spawn(&mut command).expect_err("the closure refuses");
        assert_eq!(error.raw_os_error(), Some(libc::EOWNERDEAD));
    }
}

#[test]
fn nothing_is_left_behind() {
    alone("failures::nothing_is_left_behind", plainly, || {
        let mut passed = listeners(2);
        let before = own_descriptors();
        for _ in 0..20 {
            passed.spawn(&mut Command::new("no-such-program")).expect_err("it is missing");
            passed.spawn(shell("exit 0").current_dir("/no/such/folder")).expect_err("it is missing");
            assert_eq!(own_children(), [""; 0]);
            assert_eq!(own_descriptors(), before);
        }
    });
}

/// Fewer than it takes to start a program.
#[test]
fn too_few_descriptors_are_an_error_at_every_step() {
    alone("failures::too_few_descriptors_are_an_error_at_every_step", plainly, || {
        let listener = tcp();
        let address = listener.local_addr().expect("bound");
        let mut passed = PassListeners::new().with("http", listener);
        let mut command = consumer(["sd-listen-fds", "serve"]);
        let before = own_descriptors();
        limit_descriptors(64).unwrap();
        for left in 0..32 {
            let mut files: Vec<File> = (0..64).map_while(|_| File::open("/dev/null").ok()).collect();
            files.truncate(files.len() - left);
            let spawned = passed.spawn(&mut command);
            drop(files);
            match spawned {
                Err(error) => {
                    assert_eq!(error.raw_os_error(), Some(libc::EMFILE), "with {left}: {error}");
                    assert_eq!(own_children(), [""; 0]);
                    assert_eq!(own_descriptors(), before);
                }
                Ok(mut child) => {
                    assert!(left > 3, "it takes more than {left} descriptors");
                    assert_eq!(listed(&mut child), [format!("http tcp {address}")]);
                    assert_eq!(ask_tcp(address), child.id());
                    assert!(child.wait().expect("a child").success());
                    return;
                }
            }
        }
        panic!("32 descriptors are enough");
    });
}

#[test]
fn listeners_can_be_passed_after_a_failure() {
    let listener = tcp();
    let address = listener.local_addr().expect("bound");
    let mut passed = PassListeners::new().with("http", listener);
    let mut command = consumer(["sd-listen-fds", "serve"]);
    let folder = std::env::current_dir().expect("it exists");

    passed.spawn(&mut Command::new("no-such-program")).expect_err("it is missing");
    passed.spawn(command.current_dir("/no/such/folder")).expect_err("it is missing");
    let mut child = passed.spawn(command.current_dir(folder)).expect("it can be started");
    assert_eq!(listed(&mut child), [format!("http tcp {address}")]);
    assert_eq!(ask_tcp(address), child.id());
    assert!(child.wait().expect("a child").success());
}
