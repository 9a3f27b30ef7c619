//! Every kind of error is had for real, and a new one that nobody has had is noticed.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::{TcpListener, UdpSocket};
use std::thread;
use std::time::Duration;

use port_runtime::{Error, ErrorKind, PortRequest, ReservedPort};
use test_support::seccomp::refuse_family;

use crate::support::Child;
use crate::support::namespace::switch_ipv6_off;

/// Where the kinds are declared.
const DECLARATION: &str = include_str!("../../../port-runtime/src/error/kind.rs");

fn declared() -> BTreeSet<&'static str> {
    let (_, rest) = DECLARATION.split_once("pub enum ErrorKind {").expect("it is there");
    let (kinds, _) = rest.split_once("\n}").expect("it ends");
    kinds.lines().filter_map(|line| line.trim().strip_suffix(',').filter(|kind| !kind.contains('/'))).collect()
}

/// One error of every kind, in a process without permissions, without IPv6, and with few descriptors.
fn errors() -> Vec<Error> {
    fn tcp(request: &PortRequest) -> Error {
        request.bind::<TcpListener>().unwrap_err()
    }

    switch_ipv6_off();
    let request = PortRequest::new();
    let reserved: ReservedPort = request.bind().unwrap();
    let _listener = reserved.listen().unwrap();
    let unused: ReservedPort = request.bind().unwrap();
    let mut errors = vec![
        tcp(&request.clone().range(reserved.port()..=reserved.port())),
        reserved.listen().unwrap_err(),
        tcp(&request.clone().range(80..=80)),
        tcp(&request.clone().inherit()),
        tcp(&request.clone().env("LISTEN_FDS")),
        tcp(&request.clone().portserver()),
        // No name, so nobody is asked over the network.
        tcp(&request.clone().host("two words")),
        tcp(&request.clone().host("203.0.113.1")),
        tcp(&request.clone().host("::1")),
        request.bind::<tokio::net::TcpListener>().unwrap_err(),
        tcp(&request.clone().prefer(0)),
        request.clone().timeout(Duration::MAX).bind::<mio::net::UdpSocket>().unwrap_err(),
        unused.wait_until_listening(Duration::from_millis(1)).unwrap_err(),
        unused.start(&mut std::process::Command::new("true"), Duration::from_secs(60)).unwrap_err(),
        Error::other("the schema is missing"),
    ];
    let without_ipv4 = thread::spawn(|| {
        refuse_family(libc::AF_INET);
        PortRequest::new().host("127.0.0.1").bind::<UdpSocket>().unwrap_err()
    });
    errors.push(without_ipv4.join().unwrap());
    let _files: Vec<File> = (0..64).map_while(|_| File::open("/dev/null").ok()).collect();
    errors.push(tcp(&request));
    errors
}

#[cfg_attr(not(all(has_setpriv, has_seccomp)), ignore = "needs an unprivileged user and seccomp filters")]
#[test]
fn are_all_had() {
    let few_descriptors = Child::unprivileged().wrapped_in(["sh", "-c", r#"ulimit -n 64; exec "$0" "$@""#]);
    let given = few_descriptors.given(|it| {
        it.variable("LISTEN_FDS", "garbage").variable("PORTSERVER_ADDRESS", "/no/such/socket");
    });
    given.run(|| {
        let errors = errors();
        let kinds: BTreeSet<String> = errors.iter().map(|error| format!("{:?}", error.kind())).collect();
        let declared: BTreeSet<String> = declared().into_iter().map(str::to_owned).collect();
        assert_eq!(kinds, declared, "{errors:?}");
        assert_eq!(kinds.len(), errors.len(), "one of each: {errors:?}");
    });
}

/// Or else the comparison above would be with nothing.
#[test]
fn are_found_where_they_are_declared() {
    let declared = declared();
    for kind in [ErrorKind::NoFreePort, ErrorKind::Ipv6Unavailable, ErrorKind::Other] {
        assert!(declared.contains(format!("{kind:?}").as_str()), "{declared:?}");
    }
    assert!(declared.iter().all(|kind| kind.chars().all(char::is_alphanumeric)), "{declared:?}");
}
