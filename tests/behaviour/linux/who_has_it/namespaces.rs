//! Holders in another pid namespace, as those of containers are that share the network.

use std::fs;
use std::process::Command;

use super::{PORT, Server, UNSEEN, is_told, listener, sleeper, told, told_port};
use crate::support::{Block, Child};

/// With process numbers of its own.
fn inside(options: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.arg(env!("BEHAVIOUR_UNSHARE_PID")).args(["--fork", "--kill-child"]).args(options);
    command
}

fn child(options: &[&str]) -> Child {
    let command = inside(options);
    let words = [command.get_program()].into_iter().chain(command.get_args());
    Child::new().wrapped_in(words.map(|word| word.to_str().unwrap()))
}

/// In a container one does not see who is outside: no number of a process, not even that of somebody inside.
#[cfg_attr(not(has_pid_namespace), ignore = "`unshare -p` makes no pid namespace here")]
#[test]
fn who_is_outside_is_out_of_sight() {
    let (_holder, port) = listener();
    child(&["--mount-proc"]).given(|it| _ = it.variable(PORT, port.to_string())).run(|| {
        assert_eq!(told(told_port()), UNSEEN);
        let (own, port) = listener();
        assert_eq!(told(port), "by this process");
        sleeper(own).is_told(port);
    });
}

/// `/proc` has the numbers of the namespace outside: those found there mean somebody else in here.
#[cfg_attr(not(has_pid_namespace), ignore = "`unshare -p` makes no pid namespace here")]
#[test]
fn numbers_of_another_namespace_are_not_told() {
    let (_holder, port) = listener();
    child(&[]).given(|it| _ = it.variable(PORT, port.to_string())).run(|| {
        assert_eq!(told(told_port()), UNSEEN);
        let (own, port) = listener();
        assert_eq!(told(port), "by this process");
        let _sleeper = sleeper(own);
        for _ in 0..10 {
            assert_eq!(told(port), UNSEEN);
        }
    });
}

/// From outside one sees who is inside, by the number that it has outside.
#[cfg_attr(not(has_pid_namespace), ignore = "`unshare -p` makes no pid namespace here")]
#[test]
fn who_is_inside_has_its_number_of_outside() {
    let block = Block::for_processes();
    let port = block.port(1);
    let mut command = inside(&["--mount-proc"]);
    command.args(behaviour::words(env!("CARGO_BIN_EXE_odd_server")));
    let server = Server::start(command, port);
    let unshare = server.0.id();
    let children = fs::read_to_string(format!("/proc/{unshare}/task/{unshare}/children")).unwrap();
    let pid = children.trim().parse().expect("one child");
    let command = format!("odd_server listen=127.0.0.1:{port} say=ready serve");
    is_told(port, pid, &format!("by odd_server (pid {pid}: `{command}`)"));
}
