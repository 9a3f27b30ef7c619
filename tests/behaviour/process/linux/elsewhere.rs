//! Where less can be seen: `/proc` of another namespace, programs of another user, no `/proc`, no netlink.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::ServerProcess;
use test_support::{PLENTY, eventually};

use crate::support::{Odd, assert_says_hello, reserve};

const INSIDE: &str = "PROCESS_ELSEWHERE";

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// The test of this name once more, behind other programs.
fn again(wrapper: &[&str], test: &str) -> Command {
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(behaviour::this_test());
    command.args(["--exact", &format!("linux::elsewhere::{test}"), "--nocapture", "--include-ignored"]);
    command.env(INSIDE, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

#[track_caller]
fn succeeds(mut command: Command) {
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stdout));
}

/// What stands in such a `/proc` are strangers: of all that could be ended there, only the child is.
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_unshare), ignore = "`unshare` makes no namespaces here")]
fn in_a_pid_namespace_with_the_proc_of_another() {
    if is_inside() {
        let port = reserve();
        let mut command = Command::new(env!("CARGO_BIN_EXE_odd_server"));
        command.args([&format!("listen={}", port.addr()), "serve"]);
        for grace in [PLENTY, Duration::ZERO] {
            let mut server = port.start(&mut command, PLENTY).unwrap().grace(grace);
            assert_says_hello(server.addr());
            assert!(!server.stop().unwrap().success());
            assert!(std::net::TcpStream::connect(port.addr()).is_err());
        }
        return;
    }
    // Small numbers in there are those of other processes out here.
    let mut bystanders: Vec<_> = (0..20).map(|_| Command::new("sleep").arg("600").spawn().unwrap()).collect();
    succeeds(again(&["unshare", "-rpf"], "in_a_pid_namespace_with_the_proc_of_another"));
    for bystander in &mut bystanders {
        assert!(bystander.try_wait().unwrap().is_none(), "a stranger was ended");
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
}

#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets, and nobody else can start its programs")]
#[test]
#[cfg_attr(not(has_unshare), ignore = "`unshare` makes no namespaces here")]
fn without_proc() {
    if is_inside() {
        return in_a_pid_namespace_with_the_proc_of_another();
    }
    let hide = r#"mount -t tmpfs none /proc && exec "$0" "$@""#;
    let mut command = again(&["unshare", "-rm", "sh", "-c", hide], "in_a_pid_namespace_with_the_proc_of_another");
    command.env("RUST_BACKTRACE", "0");
    succeeds(command);
}

#[test]
#[cfg_attr(not(all(has_unshare, has_seccomp)), ignore = "no namespaces or no seccomp filters here")]
fn without_proc_and_without_descriptors_of_processes() {
    if is_inside() {
        return super::sandboxes::is_asked_by_its_number();
    }
    let hide = r#"mount -t tmpfs none /proc && exec "$0" "$@""#;
    let test = "without_proc_and_without_descriptors_of_processes";
    let mut command = again(&["unshare", "-rm", "sh", "-c", hide], test);
    command.env("RUST_BACKTRACE", "0");
    succeeds(command);
}

/// As in a container whose only program is the test: who loses their parent comes to this process.
#[test]
#[cfg_attr(
    any(emulated, not(has_unshare)),
    ignore = "`unshare` makes no namespaces here, or an emulator nothing in it"
)]
fn as_the_first_process() {
    if is_inside() {
        assert_eq!(std::process::id(), 1);
        assert!(Command::new("sh").args(["-c", "sleep 601 & exit"]).status().unwrap().success());
        let mine = || Command::new("pgrep").args(["-x", "-f", "sleep 601"]).status().unwrap().success();
        for steps in ["listen={} serve", "child setsid listen={} serve", "stubborn listen={} serve"] {
            let (port, odd) = (reserve(), Odd::new());
            let inner = odd.command(&port, steps);
            let mut command = Command::new("sh");
            command.args(["-c", r#"(env -i "$0" "$@" &); sleep 600"#]).arg(inner.get_program()).args(inner.get_args());
            let server = port.start(&mut command, PLENTY).unwrap();
            assert_says_hello(server.addr());
            drop(server);
            odd.assert_gone();
            assert!(mine(), "a stranger was ended");
        }
        return;
    }
    succeeds(again(&["unshare", "-rpf", "--mount-proc"], "as_the_first_process"));
}

/// Somebody else has the number of a child that was waited for.
#[test]
#[cfg_attr(
    any(emulated, not(has_unshare)),
    ignore = "`unshare` makes no namespaces here, or an emulator nothing in it"
)]
fn a_number_that_was_used_again() {
    if is_inside() {
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let mut others = Vec::new();
        // Whoever is started meanwhile may have got it.
        let mut other = (0..100).find_map(|_| {
            std::fs::write("/proc/sys/kernel/ns_last_pid", (child.id() - 1).to_string()).unwrap();
            let other = Command::new("sleep").arg("600").spawn().unwrap();
            if other.id() == child.id() {
                return Some(other);
            }
            others.push(other);
            None
        });
        let other = other.as_mut().expect("the number is free");
        drop(ServerProcess::from_child(child));
        assert!(other.try_wait().unwrap().is_none(), "a stranger was ended");
        return;
    }
    succeeds(again(&["unshare", "-rpf", "--mount-proc"], "a_number_that_was_used_again"));
}

#[test]
#[cfg_attr(not(has_other_users), ignore = "only root has other users, and a mount namespace for them")]
fn where_only_one_s_own_processes_are_shown() {
    if is_inside() {
        assert!(!std::path::Path::new("/proc/1/stat").exists());
        for steps in ["listen={} serve", "child setsid listen={} serve", "setsid daemon listen={} serve"] {
            let (port, odd) = (reserve(), Odd::new());
            let mut command = odd.command(&port, steps);
            if let Ok(server) = port.start(&mut command, PLENTY) {
                assert_says_hello(server.addr());
                assert_eq!(server.addrs(), [port.addr()]);
            }
            odd.assert_gone();
        }
        return;
    }
    let hide = r#"mount -t proc -o hidepid=2 none /proc && exec "$0" "$@""#;
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let wrapper = [&["unshare", "-m", "sh", "-c", hide], &user[..]].concat();
    succeeds(again(&wrapper, "where_only_one_s_own_processes_are_shown"));
}

/// A stand-in for a container's proxy: it listens for the program, is no descendant, and cannot be looked at.
#[test]
#[cfg_attr(not(has_other_users), ignore = "only root has other users, and a mount namespace for them")]
fn a_listener_of_another_user_counts() {
    if is_inside() {
        let port = reserve();
        println!("\nport {}", port.port());
        std::io::stdout().flush().unwrap();
        let server = port.start(Command::new("sleep").arg("600"), PLENTY).unwrap();
        assert_eq!(server.addr(), port.addr());
        drop(server);
        println!("\ndone");
        return;
    }
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let mut process = again(&user, "a_listener_of_another_user_counts").spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port = lines.find_map(|line| line.strip_prefix("port ")?.parse::<u16>().ok()).unwrap();
    // Not before the program was started.
    let child_runs = || {
        let of_threads = std::fs::read_dir(format!("/proc/{}/task", process.id())).unwrap().flatten();
        let mut of_threads =
            of_threads.map(|it| std::fs::read_to_string(it.path().join("children")).unwrap_or_default());
        of_threads.any(|children| !children.is_empty())
    };
    eventually("the start", child_runs);
    let _proxy = TcpListener::bind(("127.0.0.1", port)).unwrap();
    assert!(lines.any(|line| line == "done"));
    assert!(process.wait().unwrap().success());
}
