//! Ports below 1024, which an ordinary user may not bind. In a namespace, where all of them are free.

use std::io;
use std::net::{TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, PortRequest};

use crate::support::{Child, assert_error, port_on, without_holders};

const DENIED: &str = "Permission denied (os error 13)";
const ADVICE: &str = "ports below 1024 are for root and for programs with CAP_NET_BIND_SERVICE";

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn in_a_range_are_passed_over() {
    Child::unprivileged().run(|| {
        let request = PortRequest::new().range(1020..=1025);
        let listener: TcpListener = request.bind().unwrap();
        assert_eq!(port_on("127.0.0.1", listener.local_addr()), 1024);
        let socket: UdpSocket = request.bind().unwrap();
        assert_eq!(port_on("127.0.0.1", socket.local_addr()), 1024);
        let (tcp, udp): (TcpListener, UdpSocket) = request.bind().unwrap();
        assert_eq!(port_on("127.0.0.1", tcp.local_addr()), 1025);
        assert_eq!(port_on("127.0.0.1", udp.local_addr()), 1025);
    });
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn as_the_preferred_one_lead_to_the_next() {
    Child::unprivileged().run(|| {
        let request = PortRequest::new().prefer(80);
        let listener: TcpListener = request.bind().unwrap();
        assert!(port_on("127.0.0.1", listener.local_addr()) >= 1024);
        let socket: UdpSocket = request.bind().unwrap();
        assert!(port_on("127.0.0.1", socket.local_addr()) >= 1024);
        let (tcp, _): (TcpListener, UdpSocket) = request.bind().unwrap();
        assert!(port_on("127.0.0.1", tcp.local_addr()) >= 1024);

        let listener: TcpListener = request.range(8000..9000).bind().unwrap();
        assert_eq!(port_on("127.0.0.1", listener.local_addr()), 8000);
    });
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn alone_in_a_range_are_an_error_of_their_own() {
    Child::unprivileged().run(|| {
        let message = format!("no free port on 127.0.0.1 in 600..=603: none of the 4 is permitted: {DENIED}; {ADVICE}");
        let request = PortRequest::new().range(600..=603);
        assert_error(request.bind::<TcpListener>(), ErrorKind::PermissionDenied, &message);
        assert_error(request.bind::<UdpSocket>(), ErrorKind::PermissionDenied, &message);
        assert_error(request.bind::<(UdpSocket, TcpListener)>(), ErrorKind::PermissionDenied, &message);
        assert_error(request.bind::<[TcpListener; 2]>(), ErrorKind::PermissionDenied, &message);
        assert_error(request.bind::<DualStack<TcpListener>>(), ErrorKind::PermissionDenied, &message);
        let error = io::Error::from(request.bind::<TcpListener>().unwrap_err());
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);

        assert_error(
            PortRequest::new().range(80..81).bind::<TcpListener>(),
            ErrorKind::PermissionDenied,
            &format!("no free port on 127.0.0.1 in 80..=80: the only one is not permitted: {DENIED}; {ADVICE}"),
        );
        assert_error(
            PortRequest::new().range(600..602).prefer(80).bind::<TcpListener>(),
            ErrorKind::PermissionDenied,
            &format!(
                "no free port on 127.0.0.1 in 600..=601: none of the 2 is permitted: {DENIED}; \
                 the preferred port 80 is not permitted; {ADVICE}"
            ),
        );
    });
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn and_busy_ones_are_both_counted() {
    Child::unprivileged().run(|| {
        let _busy = [1024, 1025].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
        let error = PortRequest::new().range(1020..=1025).bind::<TcpListener>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoFreePort);
        assert_eq!(without_holders(&error), "no free port on 127.0.0.1 in 1020..=1025: 2 in use, 4 not permitted");
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::AddrInUse);
    });
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn beside_a_busy_preferred_one_say_the_same_to_io() {
    Child::unprivileged().run(|| {
        let _busy = TcpListener::bind(("127.0.0.1", 8080)).unwrap();
        let error = PortRequest::new().prefer(8080).range(600..=603).bind::<TcpListener>().unwrap_err();
        assert!(without_holders(&error).ends_with("the preferred port 8080 is in use"), "{error}");
        assert_eq!(error.kind(), ErrorKind::NoFreePort);
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::AddrInUse);
    });
}
