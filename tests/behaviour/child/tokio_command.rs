use std::io::ErrorKind;
use std::process::Stdio;

use port_runtime::{PassListeners, PortRequest};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::support::{alone, own_children, own_descriptors, plainly, tcp};

#[tokio::test]
async fn listeners_of_tokio_go_to_a_command_of_tokio() {
    let listener: TcpListener = PortRequest::new().bind().expect("a free port");
    let address = listener.local_addr().expect("bound");
    let mut command = Command::from(behaviour::command(env!("CARGO_BIN_EXE_socket_consumer")));
    command.args(["sd-listen-fds", "serve"]).stdout(Stdio::piped());
    let mut passed = PassListeners::new().with("http", listener.into_std().expect("a socket"));
    let mut child = passed.spawn_tokio(&mut command).expect("it can be started");

    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    output.read_line(&mut line).await.expect("readable");
    assert_eq!(line, format!("http tcp {address}\n"));
    let mut answer = String::new();
    let mut client = TcpStream::connect(address).await.expect("it listens");
    client.read_to_string(&mut answer).await.expect("an answer");
    assert_eq!(Some(answer), child.id().map(|id| id.to_string()));
    assert!(child.wait().await.expect("a child").success());
}

#[test]
fn a_missing_program_leaves_nothing_behind() {
    alone("tokio_command::a_missing_program_leaves_nothing_behind", plainly, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("descriptors");
        runtime.block_on(async {
            let mut passed = (0..5).fold(PassListeners::new(), |passed, _| passed.with("x", tcp()));
            let mut attempt = |kill_on_drop| {
                let mut command = Command::new("no-such-program");
                let error = passed.spawn_tokio(command.kill_on_drop(kill_on_drop)).expect_err("it is missing");
                assert_eq!(error.kind(), ErrorKind::NotFound);
                assert_eq!(own_children(), [""; 0]);
            };
            // Tokio sets itself up for children with the first one.
            attempt(false);
            let before = own_descriptors();
            for kill_on_drop in [false, true].into_iter().cycle().take(20) {
                attempt(kill_on_drop);
            }
            assert_eq!(own_descriptors(), before);

            let mut child = passed.spawn_tokio(Command::new("sh").args(["-c", "exit $LISTEN_FDS"])).expect("started");
            assert_eq!(child.wait().await.expect("a child").code(), Some(5));
        });
    });
}

/// Tokio itself panics after it has started the program, which would run on unseen.
#[test]
fn a_runtime_without_io_starts_nothing() {
    alone("tokio_command::a_runtime_without_io_starts_nothing", plainly, || {
        let mut passed = PassListeners::new().with("x", tcp());
        let before = own_descriptors();
        let mut sleep = Command::new("sleep");
        sleep.arg("60");
        let error = passed.spawn_tokio(&mut sleep).expect_err("there is no runtime");
        assert_eq!(error.to_string(), "a command of tokio needs a running tokio runtime");
        for builder in [tokio::runtime::Builder::new_current_thread, tokio::runtime::Builder::new_multi_thread] {
            let runtime = builder().enable_time().build().expect("descriptors");
            let error = runtime.block_on(async { passed.spawn_tokio(&mut sleep) }).expect_err("it does no I/O");
            assert_eq!(error.to_string(), "this tokio runtime does no I/O; build it with `enable_io` or `enable_all`");
        }
        assert_eq!(own_children(), [""; 0]);
        assert_eq!(own_descriptors(), before);

        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("descriptors");
        runtime.block_on(async {
            let mut child = passed.spawn_tokio(Command::new("sh").args(["-c", "exit $LISTEN_FDS"])).expect("started");
            assert_eq!(child.wait().await.expect("a child").code(), Some(1));
        });
    });
}
