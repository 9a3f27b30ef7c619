//! Holders of other users, and holders before whom there is a curtain.

use std::process::Command;

use super::{PORT, Server, UNSEEN, listener, sleeper, told, told_port};
use crate::support::{Block, Child};

const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// After this command of the shell, with `/proc` for itself.
fn with_proc(command: &str) -> Child {
    Child::new().wrapped_in([
        "unshare",
        env!("BEHAVIOUR_UNSHARE_MOUNT"),
        "sh",
        "-c",
        &format!("{command} && exec \"$0\" \"$@\""),
    ])
}

#[cfg_attr(not(has_other_users), ignore = "only root has other users, and a mount namespace for them")]
#[test]
fn of_another_user() {
    for hidepid in ["off", "noaccess", "invisible", "ptraceable", "0", "1", "2"] {
        let child = with_proc(&format!("mount -t proc -o hidepid={hidepid} proc /proc")).wrapped_in(NOBODY);
        let (_holder, port) = listener();
        child.given(|it| _ = it.variable(PORT, port.to_string())).run(|| {
            assert_eq!(told(told_port()), "by another user (uid 0)", "{hidepid}");
            let (own, port) = listener();
            assert_eq!(told(port), "by this process", "{hidepid}");
            // Of one's own user somebody is seen.
            sleeper(own).is_told(port);
        });
    }
}

/// A user namespace that knows one user gives all others the number of "nobody", who may exist as well.
#[cfg_attr(not(has_other_users), ignore = "only root has other users, and a mount namespace for them")]
#[test]
fn of_a_user_without_a_number() {
    let (_holder, port) = listener();
    let child = Child::new().wrapped_in(NOBODY).wrapped_in(["unshare", "-r"]);
    child.given(|it| _ = it.variable(PORT, port.to_string())).run(|| {
        assert_eq!(told(told_port()), "by another user");
        let (_own, port) = listener();
        assert_eq!(told(port), "by this process");
    });
}

/// Where all users have a number, "nobody" is one of them.
#[cfg_attr(not(has_other_users), ignore = "only root has other users, and a mount namespace for them")]
#[test]
fn of_nobody() {
    let mut server = None;
    let child = Child::new().wrapped_in(["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"]);
    let mut start_server = || {
        let block = Block::for_processes();
        let mut command = Command::new(NOBODY[0]);
        command.args(&NOBODY[1..]).args(behaviour::words(env!("CARGO_BIN_EXE_odd_server")));
        server = Some(Server::start(command, block.port(1)));
        block.port(1).to_string()
    };
    child.given(|it| _ = it.variable(PORT, start_server())).run(|| {
        assert_eq!(told(told_port()), "by another user (uid 65534)");
    });
}

#[cfg_attr(any(emulated, not(has_mount)), ignore = "`unshare -m` makes no mount namespace here")]
#[test]
fn where_there_is_no_proc() {
    let (_holder, port) = listener();
    with_proc("mount -t tmpfs none /proc").given(|it| _ = it.variable(PORT, port.to_string())).run(|| {
        assert_eq!(told(told_port()), UNSEEN);
    });
}
