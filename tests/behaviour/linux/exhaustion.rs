//! Nothing left: of ports, and of descriptors.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::net::{TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, FromFreePort, PortRequest, ReservedPort};

use crate::support::child::open_descriptors;
use crate::support::namespace::set_ephemeral_ports;
use crate::support::{Child, assert_error};

const NO_DESCRIPTOR: &str =
    "cannot bind 127.0.0.1: Too many open files (os error 24); close some, or raise the limit (`ulimit -n`)";
/// What is said where the kernel chooses from these.
fn none_left(last: u16) -> String {
    format!(
        "no free port on 127.0.0.1: the system has none to give: Address already in use (os error 98); \
         ask for a `range` outside 40000..={last}"
    )
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn of_the_kernels_ports() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_009);
        let request = PortRequest::new();
        let mut all: Vec<TcpListener> = (0..10).map(|_| request.bind().unwrap()).collect();
        let ports: HashSet<_> = all.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        assert_eq!(ports, (40_000..40_010).collect());

        let before = open_descriptors();
        assert_error(request.bind::<TcpListener>(), ErrorKind::NoFreePort, &none_left(40_009));
        assert_error(request.bind::<(TcpListener, UdpSocket)>(), ErrorKind::NoFreePort, &none_left(40_009));
        assert_error(request.bind::<[TcpListener; 2]>(), ErrorKind::NoFreePort, &none_left(40_009));
        assert_error(
            request.clone().prefer(40_005).bind::<TcpListener>(),
            ErrorKind::NoFreePort,
            &format!("{}; the preferred port 40005 is in use", none_left(40_009)),
        );
        let error = io::Error::from(request.bind::<TcpListener>().unwrap_err());
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        assert_eq!(open_descriptors(), before);

        let freed = all.swap_remove(3).local_addr().unwrap();
        let again: TcpListener = request.bind().unwrap();
        assert_eq!(again.local_addr().unwrap(), freed);
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn of_the_kernels_ports_for_udp() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_009);
        let request = PortRequest::new();
        let all: [UdpSocket; 10] = request.bind().unwrap();
        assert_error(request.bind::<UdpSocket>(), ErrorKind::NoFreePort, &none_left(40_009));
        drop(all);
        request.bind::<[UdpSocket; 10]>().unwrap();
    });
}

#[cfg_attr(not(all(has_unshare, has_ipv6)), ignore = "no network namespace with IPv6 can be made here")]
#[test]
fn of_the_kernels_ports_on_one_family() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_003);
        let v4: [TcpListener; 4] = PortRequest::new().bind().unwrap();
        let before = open_descriptors();
        let error = PortRequest::new().bind::<DualStack<TcpListener>>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoFreePort);
        assert_eq!(error.to_string(), none_left(40_003));
        assert_eq!(open_descriptors(), before);
        drop(v4);
        PortRequest::new().bind::<[DualStack<TcpListener>; 4]>().unwrap();
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn of_the_only_port_that_the_kernel_has() {
    fn takes_it<T: FromFreePort>() {
        let before = open_descriptors();
        let first: T = PortRequest::new().bind().unwrap();
        let with_it = open_descriptors();
        for _ in 0..10 {
            assert_error(PortRequest::new().bind::<T>().map(drop), ErrorKind::NoFreePort, &none_left(40_000));
            assert_eq!(open_descriptors(), with_it);
        }
        drop(first);
        assert_eq!(open_descriptors(), before);
        drop(PortRequest::new().bind::<T>().expect("it is free again"));
    }

    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_000);
        takes_it::<TcpListener>();
        takes_it::<UdpSocket>();
        takes_it::<ReservedPort>();
        takes_it::<(TcpListener, UdpSocket)>();
        takes_it::<(UdpSocket, ReservedPort)>();
        if cfg!(has_ipv6) {
            takes_it::<DualStack<TcpListener>>();
            takes_it::<DualStack<UdpSocket>>();
        }
    });
}

#[test]
fn of_descriptors() {
    fn assert_none<T: FromFreePort>(request: &PortRequest) {
        let error = request.bind::<T>().err().expect("there is no descriptor left");
        assert_eq!(error.kind(), ErrorKind::TooManyOpenFiles, "{error}");
        assert_eq!(error.to_string(), NO_DESCRIPTOR);
        assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
    }

    Child::new().wrapped_in(["sh", "-c", r#"ulimit -n 16; exec "$0" "$@""#]).run(|| {
        let request = PortRequest::new();
        let before = open_descriptors();
        let reserved: ReservedPort = request.bind().unwrap();
        let mut files: Vec<File> = (0..16).map_while(|_| File::open("/dev/null").ok()).collect();
        assert!(files.len() < 13, "the limit is not in force");
        assert_none::<TcpListener>(&request);
        assert_none::<UdpSocket>(&request);
        assert_none::<ReservedPort>(&request);
        assert_none::<(TcpListener, UdpSocket)>(&request);
        assert_none::<[TcpListener; 2]>(&request);
        assert_none::<DualStack<TcpListener>>(&request);
        assert_none::<mio::net::TcpListener>(&request);
        let error = reserved.listen().unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::TooManyOpenFiles, NO_DESCRIPTOR));
        assert_none::<TcpListener>(&request.clone().range(8000..9000));
        assert_none::<TcpListener>(&request.clone().prefer(8080));
        // The second member finds none.
        files.pop();
        assert_none::<(TcpListener, UdpSocket)>(&request);
        assert_none::<[TcpListener; 2]>(&request);
        drop(request.bind::<TcpListener>().expect("one was left"));
        drop(files);
        drop((reserved.listen().unwrap(), request.bind::<[(TcpListener, UdpSocket); 2]>().unwrap()));
        drop(reserved);
        assert_eq!(open_descriptors(), before);
    });
}

/// A busy client leaves its ports behind, and nothing has them but old connections.
#[cfg_attr(not(all(has_unshare, has_sock_diag)), ignore = "needs a network namespace, and Linux 6.8")]
#[test]
fn by_old_connections_is_told() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_009);
        let all: [TcpListener; 10] = PortRequest::new().bind().unwrap();
        let (kept, left) = all.split_at(4);
        for listener in left {
            // From a port that is not one of them.
            let client: port_runtime::ClientSocket = PortRequest::new().range(30_000..30_100).bind().unwrap();
            let client = client.connect(listener.local_addr().unwrap()).unwrap();
            drop((listener.accept().unwrap(), client));
        }
        let kept: Vec<_> = kept.iter().map(|listener| listener.try_clone().unwrap()).collect();
        drop(all);
        let mut rest: Vec<TcpListener> = Vec::new();
        let error = loop {
            match PortRequest::new().bind() {
                Ok(listener) => rest.push(listener),
                Err(error) => break error,
            }
        };
        assert!(rest.len() <= 6, "{error}");
        let told = format!("; old connections keep {} of its 10 ports for up to a minute; ask for", 6 - rest.len());
        assert!(rest.len() == 6 || error.to_string().contains(&told), "{error}");
        assert!(rest.len() < 6, "no connection was left");
        drop(kept);
    });
}
