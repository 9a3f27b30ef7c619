//! Consumers that others wrote, each with TCP and UDP together.

use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use port_runtime::PassListeners;

use crate::support::{ask_tcp, ask_udp, consumer, listed, piped, tcp, udp};

#[test]
fn listenfd() {
    takes_and_serves(&mut consumer(["listenfd", "serve"]), ["unnamed", "unnamed", "unnamed"]);
}

#[test]
fn sd_listen_fds() {
    takes_and_serves(&mut consumer(["sd-listen-fds", "serve"]), ["http", "dns", "http"]);
}

/// The other half of this crate: what `#[with_free_port(inherit = "…")]` does in the child.
#[test]
fn inherit_of_this_crate() {
    for (arguments, wanted) in [(["tcp", "inherit=admin"], 1), (["tcp", "inherit"], 0)] {
        let listeners = [tcp(), tcp()];
        let addresses = [0, 1].map(|index: usize| listeners[index].local_addr().expect("bound"));
        let [http, admin] = listeners;
        let mut command = piped(behaviour::command(env!("CARGO_BIN_EXE_asker")), arguments);
        command.stdin(Stdio::null());
        let child =
            PassListeners::new().with("http", http).with("admin", admin).spawn(&mut command).expect("it starts");
        let output = child.wait_with_output().expect("it ends with its input");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("bound {}\n", addresses[wanted]));
    }
}

#[test]
#[cfg_attr(not(has_python3), ignore = "python3 is missing")]
fn python_that_keeps_to_the_manual_page() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/child/strict.py");
    takes_and_serves(&mut piped(Command::new("python3"), [script]), ["http", "dns", "http"]);
}

fn takes_and_serves(command: &mut Command, names: [&str; 3]) {
    let (first, second, third) = (tcp(), udp(), tcp());
    let addresses =
        [first.local_addr(), second.local_addr(), third.local_addr()].map(|address| address.expect("bound"));
    let mut listeners = PassListeners::new().with("http", first).with("dns", second).with("http", third);
    let mut child = listeners.spawn(command).expect("it can be started");

    let expected = ["tcp", "udp", "tcp"].into_iter().zip(names).zip(addresses);
    let expected = expected.map(|((protocol, name), address)| format!("{name} {protocol} {address}"));
    assert_eq!(listed(&mut child), expected.collect::<Vec<_>>());
    assert_eq!(ask_tcp(addresses[0]), child.id());
    assert_eq!(ask_udp(addresses[1]), child.id());
    assert_eq!(ask_tcp(addresses[2]), child.id());
    assert!(child.wait().expect("a child").success());
}

#[test]
fn a_socket_that_does_not_block_does_so_in_the_child() {
    let listener = tcp();
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("bound");
    let mut child =
        PassListeners::new().with("http", listener).spawn(&mut consumer(["listenfd", "serve"])).expect("started");
    assert_eq!(listed(&mut child), [format!("unnamed tcp {address}")]);
    assert_eq!(ask_tcp(address), child.id());
    assert!(child.wait().expect("a child").success());
}

#[test]
fn a_client_may_come_before_the_child() {
    let listener: TcpListener = tcp();
    let mut early = TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
    let mut child =
        PassListeners::new().with("http", listener).spawn(&mut consumer(["listenfd", "serve"])).expect("started");
    let answer = std::io::read_to_string(&mut early).expect("an answer");
    assert_eq!(answer, child.id().to_string());
    assert!(child.wait().expect("a child").success());
}
