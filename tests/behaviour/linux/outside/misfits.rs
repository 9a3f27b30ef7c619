//! `LISTEN_FDS` that make no sense, and descriptors that are not what is asked for: errors that say so.

use std::ffi::OsString;
use std::fs::File;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use socket2::Type;
use test_support::forks;

use super::descriptors::is_close_on_exec;
use super::{inherit, tcp, udp};
use crate::support::asker::{Asker, assert_refused};
use crate::support::given::{Given, given_address};
use crate::support::sockets::{connect, plain};
use crate::support::{Child, assert_error};

const ADVICE: &str = "see sd_listen_fds(3), or unset LISTEN_FDS to do without passed sockets";

/// A pipe that nobody writes to.
pub(super) fn pipe() -> OwnedFd {
    let mut process = forks::spawn(Command::new("true").stdout(Stdio::piped())).unwrap();
    process.wait().unwrap();
    process.stdout.take().unwrap().into()
}

pub(super) fn unix_listener() -> UnixListener {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    // Nobody connects, so all that matters is that the name is new.
    let name = format!("port-runtime-{}-{:?}", std::process::id(), std::thread::current().id());
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap()
}

/// Asks for TCP or UDP with one descriptor passed.
#[track_caller]
fn refused(kind: &str, descriptor: impl Into<OwnedFd>, reason: &str) {
    let answer = Asker::service([kind, "inherit"]).given(|it| _ = it.descriptor(descriptor)).ask();
    assert_eq!(answer, Err(format!("InheritedSocket descriptor 3 {reason}; {ADVICE}")));
}

#[test]
fn a_wrong_kind_of_socket_is_refused() {
    refused("tcp", udp(), "is a UDP socket, where a TCP listener is wanted");
    refused("udp", tcp(), "is a TCP socket, where a UDP socket is wanted");
    let idle = plain(Type::STREAM, (Ipv4Addr::LOCALHOST, 0)).unwrap();
    refused("tcp", idle, "is a TCP socket that does not listen");
    for kind in ["tcp", "udp"] {
        refused(kind, unix_listener(), "is not an internet socket");
    }
}

#[test]
fn a_connection_is_refused() {
    let listener = tcp();
    let client = connect(listener.local_addr().unwrap());
    let (accepted, _) = listener.accept().unwrap();
    for connection in [client, accepted] {
        refused("tcp", connection, "is a TCP connection, where a listener is wanted; set `Accept=no`");
    }
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_wrong_kind_of_ipv6_socket_is_refused() {
    refused(
        "udp",
        TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap(),
        "is a TCP socket, where a UDP socket is wanted",
    );
    let socket = plain(Type::DGRAM, (Ipv6Addr::LOCALHOST, 0)).unwrap();
    refused("tcp", socket, "is a UDP socket, where a TCP listener is wanted");
}

#[test]
fn what_is_no_socket_is_refused() {
    for kind in ["tcp", "udp"] {
        refused(kind, pipe(), "is not a socket");
        refused(kind, File::open("/dev/null").unwrap(), "is not a socket");
    }
}

#[test]
fn a_misfit_is_told_with_its_name() {
    let named = |it: &mut Given| _ = it.descriptor(tcp()).descriptor(udp()).variable("LISTEN_FDNAMES", "a:b");
    let answer = Asker::service(["tcp", "inherit=b"]).given(named).ask();
    assert_refused(answer, "InheritedSocket descriptor 4 (`b`) is a UDP socket");
}

#[test]
fn a_reserved_port_is_no_socket_to_pass() {
    Child::service().given(|it| _ = it.descriptor(tcp())).run(|| {
        let message = format!(
            "descriptor 3 cannot become a `ReservedPort`, which has no socket to pass; take a listener; {ADVICE}"
        );
        assert_error(inherit::<ReservedPort>(), ErrorKind::InheritedSocket, &message);
        assert_error(inherit::<[ReservedPort; 2]>(), ErrorKind::InheritedSocket, &message);
        let _reserved: ReservedPort = PortRequest::new().bind().unwrap();
        assert_eq!(inherit::<TcpListener>().unwrap().local_addr().unwrap(), given_address(0));
    });
}

#[test]
fn a_closed_descriptor_is_an_error_and_none_is_taken() {
    let given = |it: &mut Given| _ = it.descriptor(tcp()).closed_descriptor().descriptor(tcp());
    Child::service().given(given).run(|| {
        for _ in 0..2 {
            let message = format!("descriptor 4 is not open; {ADVICE}");
            assert_error(inherit::<TcpListener>(), ErrorKind::InheritedSocket, &message);
            assert!(!is_close_on_exec(3) && !is_close_on_exec(5), "they stay as they were");
        }
    });
}

/// A number above those that were passed may have come into use since.
#[test]
fn what_this_process_has_opened_is_not_taken_for_passed() {
    let given = |it: &mut Given| _ = it.descriptor(tcp()).closed_descriptor();
    Child::service().given(given).run(|| {
        let opened: Vec<_> = (0..4).map(|_| tcp()).collect();
        assert!(opened.iter().any(|it| std::os::fd::AsRawFd::as_raw_fd(it) == 4));
        let message = inherit::<TcpListener>().unwrap_err().to_string();
        assert!(message.starts_with("descriptor 4 was not passed, or somebody has taken it already"), "{message}");
        drop(opened);
    });
}

#[test]
fn garbage_is_an_error_that_quotes_it() {
    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let no_sense = |variable: &str, value: &str| format!("{variable} is `{value}`, which makes no sense");
    let mut table = vec![
        ("LISTEN_FDS", bytes(b"\xff1"), no_sense("LISTEN_FDS", "\u{fffd}1")),
        ("LISTEN_FDS", "1\n".into(), no_sense("LISTEN_FDS", "1\\n")),
        ("LISTEN_FDS", "65536".into(), "LISTEN_FDS is 65536, more than a process is ever passed".into()),
        ("LISTEN_FDS", "65535".into(), "descriptor ".into()),
        ("LISTEN_FDNAMES", bytes(b"\xff"), no_sense("LISTEN_FDNAMES", "\u{fffd}")),
        ("LISTEN_FDNAMES", "a:b".into(), "LISTEN_FDS is 1, but LISTEN_FDNAMES has 2 names: `a:b`".into()),
        ("LISTEN_FDNAMES", "a:\n".into(), "LISTEN_FDS is 1, but LISTEN_FDNAMES has 2 names: `a:\\n`".into()),
        ("LISTEN_PIDFDID", "x".into(), no_sense("LISTEN_PIDFDID", "x")),
    ];
    for count in ["one", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1,1", "18446744073709551616", "٣"] {
        table.push(("LISTEN_FDS", count.into(), no_sense("LISTEN_FDS", count)));
    }
    for (variable, value, start) in table {
        let given = |it: &mut Given| _ = it.descriptor(tcp()).variable(variable, value);
        assert_refused(Asker::service(["tcp", "inherit"]).given(given).ask(), &format!("InheritedSocket {start}"));
    }
    for value in ["me", "-1", "99999999999999999999"] {
        let given = |it: &mut Given| _ = it.descriptor(tcp()).variable("LISTEN_PID", value);
        let start = format!("InheritedSocket {}", no_sense("LISTEN_PID", value));
        assert_refused(Asker::new(["tcp", "inherit"]).given(given).ask(), &start);
    }
}
