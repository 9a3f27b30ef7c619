//! Port servers that answer as they should, and those that do not: an error, within a time of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, process, thread};

use port_runtime::{ErrorKind, PortRequest};
use test_support::{Folder, PLENTY, forks};

use crate::support::asker::{Answer, Asker, assert_refused};
use crate::support::{Block, Child};

/// `@` and a name that no other test uses.
pub(super) fn abstract_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);

    format!("@port-runtime-test-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Serves everybody who asks for as long as the process lives.
fn serve(listener: UnixListener, answer: impl Fn(UnixStream) + Send + 'static) {
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
}

/// The same on an abstract name, which it returns.
pub(crate) fn serve_abstract(answer: impl Fn(UnixStream) + Send + 'static) -> String {
    let address = abstract_name();
    let name = SocketAddr::from_abstract_name(&address[1..]).unwrap();
    serve(UnixListener::bind_addr(&name).unwrap(), answer);
    address
}

/// Reads what a client says, and answers with this.
pub(crate) fn answering(reply: impl Into<Vec<u8>>) -> impl Fn(UnixStream) + Send + 'static {
    let reply = reply.into();
    move |mut client| {
        BufReader::new(&client).read_line(&mut String::new()).unwrap();
        // The client may have had enough.
        let _ = client.write_all(&reply);
    }
}

/// What a client gets that asks at this address, and would fall back to a preferred port.
pub(super) fn ask(address: &str) -> Answer {
    let block = Block::for_processes();
    let preferred = format!("prefer={}", block.port(1));
    Asker::new(["tcp", "portserver", &preferred]).given(|it| _ = it.variable("PORTSERVER_ADDRESS", address)).ask()
}

/// A number that nobody has, as a port server gives it: it does not hold its numbers.
struct Free(Block);

impl Free {
    fn new() -> Self {
        Self(Block::for_processes())
    }

    fn port(&self) -> u16 {
        self.0.port(2)
    }
}

#[test]
fn gives_the_port() {
    let free = Free::new();
    let expected = Ok((Ipv4Addr::LOCALHOST, free.port()).into());
    for reply in [format!("{}\n", free.port()), format!("{}", free.port()), format!("{}\r\n", free.port())] {
        assert_eq!(ask(&serve_abstract(answering(reply))), expected);
    }
    let address = serve_abstract(answering(format!("{}\n", free.port())));
    let elsewhere = Asker::new(["tcp", "portserver", "host=127.0.0.2"]);
    let answer = elsewhere.given(|it| _ = it.variable("PORTSERVER_ADDRESS", address)).ask();
    assert_eq!(answer, Ok(([127, 0, 0, 2], free.port()).into()));
}

#[test]
fn is_told_the_process_number() {
    let free = Free::new();
    let port = free.port();
    let (told, heard) = std::sync::mpsc::channel();
    let address = serve_abstract(move |mut client| {
        let mut request = [0; 64];
        // One write, and the client does not close its side: all comes at once.
        let count = client.read(&mut request).unwrap();
        told.send(String::from_utf8_lossy(&request[..count]).into_owned()).unwrap();
        writeln!(client, "{port}").unwrap();
    });
    let mut command = behaviour::command(env!("CARGO_BIN_EXE_asker"));
    command.args(["tcp", "portserver"]).env("PORTSERVER_ADDRESS", address).stdin(process::Stdio::null());
    let mut client = forks::spawn(command.stdout(process::Stdio::null())).unwrap();
    assert_eq!(heard.recv_timeout(PLENTY).expect("it asks"), format!("{}\n", client.id()));
    client.wait().unwrap();
}

#[test]
fn may_be_on_a_path() {
    let free = Free::new();
    let folder = Folder::new();
    let path = folder.join("socket");
    serve(UnixListener::bind(&path).unwrap(), answering(format!("{}\n", free.port())));
    let answer = ask(path.to_str().unwrap());
    assert_eq!(answer, Ok((Ipv4Addr::LOCALHOST, free.port()).into()));
}

#[test]
fn that_is_not_named_is_passed_over() {
    let block = Block::for_processes();
    let preferred = format!("prefer={}", block.port(1));
    let expected = Ok((Ipv4Addr::LOCALHOST, block.port(1)).into());
    assert_eq!(Asker::new(["tcp", "portserver", &preferred]).given(|_| ()).ask(), expected);
    assert_eq!(ask("").unwrap().ip(), Ipv4Addr::LOCALHOST);
}

#[test]
fn that_refuses_is_an_error() {
    let refusals = [
        ("0\n", "has no port left for us: it answered `0`"),
        ("0", "has no port left for us: it answered `0`"),
        ("", "has no port left for us: its answer is empty"),
        ("\n", "has no port left for us: its answer is empty"),
    ];
    for (reply, reason) in refusals {
        let address = serve_abstract(answering(reply));
        assert_eq!(
            ask(&address),
            Err(format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) {reason}"))
        );
    }
}

#[test]
fn that_answers_garbage_is_an_error() {
    let long = "8080\n".repeat(1000);
    let padded = format!("{:0>40}\n", 8080);
    let blank = format!("8080{}", " ".repeat(40));
    let replies: [&[u8]; 13] = [
        b"no\n",
        b"65536\n",
        b"-1\n",
        b"+8080\n",
        b"80 81\n",
        b"80\n81\n",
        b"0x50\n",
        b"8080\0\n",
        b"\xff\xfe\n",
        b"\x1b[2J8080\n",
        long.as_bytes(),
        padded.as_bytes(),
        blank.as_bytes(),
    ];
    for reply in replies {
        let address = serve_abstract(answering(reply));
        let refusal = ask(&address).expect_err("it is no port");
        let start = format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) answered `");
        assert!(refusal.starts_with(&start) && refusal.ends_with("`, which is no port"), "{refusal}");
        assert!(!refusal.contains(char::is_control), "{refusal:?}");
    }
}

#[test]
fn that_closes_at_once_is_an_error() {
    // Before or after it has heard: to the client the first may look like the second, or like a broken pipe.
    let address = serve_abstract(drop);
    assert_refused(ask(&address), &format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) "));
    let address = serve_abstract(answering(""));
    assert_refused(ask(&address), &format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) has no port"));
}

#[test]
fn that_is_not_there_is_an_error() {
    let folder = Folder::new();
    let gone = folder.join("socket");
    drop(UnixListener::bind(&gone).unwrap());
    let too_long = "/x".repeat(200);
    let missing = abstract_name();
    let too_long_name = format!("@{too_long}");
    for address in [gone.to_str().unwrap(), "/no/such/socket", "/dev/null", "@", &missing, &too_long, &too_long_name] {
        let refusal = ask(address).expect_err("nobody is there");
        let start = format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) cannot be asked: ");
        assert!(refusal.starts_with(&start) && refusal.ends_with("; is it running?"), "{refusal}");
    }
}

#[test]
fn is_asked_once_for_a_tuple_and_by_each_member_of_an_array() {
    let free = [Free::new(), Free::new()];
    let ports = free.each_ref().map(Free::port);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move |client: UnixStream| {
        let index = count.fetch_add(1, Ordering::Relaxed);
        answering(format!("{}\n", ports[index % 2]))(client);
    };
    let given = |it: &mut crate::support::given::Given| {
        it.variable("PORTSERVER_ADDRESS", serve_abstract(answer))
            .variable("PORTS", format!("{} {}", ports[0], ports[1]));
    };
    let waited = Child::new().given(given).run(|| {
        let ports: Vec<u16> = env::var("PORTS").unwrap().split(' ').map(|port| port.parse().unwrap()).collect();
        let request = PortRequest::new().portserver();
        let array: [TcpListener; 2] = request.bind().unwrap();
        assert_eq!(array.each_ref().map(|it| it.local_addr().unwrap().port()), ports[..]);
        drop(array);
        let (tcp, udp): (TcpListener, UdpSocket) = request.bind().unwrap();
        assert_eq!([tcp.local_addr().unwrap().port(), udp.local_addr().unwrap().port()], [ports[0]; 2]);
        // The server is wrong about the next one: it is in use.
        let _busy = TcpListener::bind(("127.0.0.1", ports[1])).unwrap();
        let error = request.bind::<TcpListener>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
        assert!(error.to_string().ends_with(" says so"), "{error}");
    });
    assert_eq!(asked.load(Ordering::Relaxed), if waited { 4 } else { 0 });
}
