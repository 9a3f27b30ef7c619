use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::Duration;
use std::{env, fs, process, thread};

use port_runtime::PortRequest;

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The helper binary, with its output piped.
pub(crate) fn consumer<const N: usize>(arguments: [&str; N]) -> Command {
    piped(behaviour::command(env!("CARGO_BIN_EXE_socket_consumer")), arguments)
}

/// A line of shell, with its output piped.
pub(crate) fn shell(line: &str) -> Command {
    piped(Command::new("sh"), ["-c", line])
}

pub(crate) fn piped<const N: usize>(mut command: Command, arguments: [&str; N]) -> Command {
    command.args(arguments).stdout(Stdio::piped());
    command
}

pub(crate) fn tcp() -> TcpListener {
    end_soon();
    PortRequest::new().bind().expect("a free port")
}

/// All tests of this binary together take a second or two. Where the end of a child's report never came, they would wait
/// for it forever.
fn end_soon() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        thread::spawn(|| {
            thread::sleep(4 * PATIENCE);
            eprintln!("the tests hang");
            process::exit(9);
        });
    });
}

pub(crate) fn udp() -> UdpSocket {
    PortRequest::new().bind().expect("a free port")
}

/// What the child said on its standard output until it exited well.
pub(crate) fn output(child: Child) -> String {
    let output = child.wait_with_output().expect("readable");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// The lines in which a consumer lists its sockets.
pub(crate) fn listed(child: &mut Child) -> Vec<String> {
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    lines.map(|line| line.expect("readable")).take_while(|line| !line.is_empty()).collect()
}

pub(crate) fn ask_tcp(address: SocketAddr) -> u32 {
    let mut stream = TcpStream::connect(address).expect("a listener");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.parse().expect("a process id")
}

pub(crate) fn ask_udp(address: SocketAddr) -> u32 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    socket.send_to(b"?", address).expect("a socket");
    let mut answer = [0; 16];
    let length = socket.recv(&mut answer).expect("an answer");
    std::str::from_utf8(&answer[..length]).expect("text").parse().expect("a process id")
}

/// Runs the body of a test in a process of its own, for what no other test may disturb. The command that starts it can
/// be prepared, and spawned in a way other than the usual.
pub(crate) fn alone(test: &str, spawn: impl FnOnce(&mut Command) -> Child, body: impl FnOnce()) {
    const MARK: &str = "CHILD_TEST_ALONE";
    if env::var_os(MARK).is_some() {
        return body();
    }
    let mut command = behaviour::command(&behaviour::this_test());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(MARK, "yes").stdout(Stdio::piped());
    let output = output(spawn(&mut command));
    assert!(output.contains("test result: ok. 1 passed"), "{test} is not the name of the test:\n{output}");
}

pub(crate) fn plainly(command: &mut Command) -> Child {
    command.spawn().expect("it can be started")
}

/// The open descriptors of this process, and what they are.
pub(crate) fn own_descriptors() -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir("/proc/self/fd").expect("readable");
    let entries = entries.map(|entry| entry.expect("readable"));
    let descriptors = entries.filter_map(|entry| {
        // The descriptor of the listing itself is in the list, and gone when it is looked at.
        let file = fs::read_link(entry.path()).ok()?;
        (!file.starts_with("/proc")).then(|| (entry.file_name().into_string().expect("a number"), file))
    });
    descriptors.collect()
}

/// The processes, zombies too, whose parent this one is.
pub(crate) fn own_children() -> Vec<String> {
    let own = process::id().to_string();
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc").expect("readable") {
        // Other processes may end meanwhile.
        let Ok(stat) = fs::read_to_string(entry.expect("readable").path().join("stat")) else { continue };
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
        if parent == Some(&own) {
            children.push(stat);
        }
    }
    children
}

/// A folder for one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("writable");
    folder
}
