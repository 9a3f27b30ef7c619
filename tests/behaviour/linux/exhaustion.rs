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
const NONE_LEFT: &str = "no free port on 127.0.0.1: the system has none to give: Address already in use (os error 98)";

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
        assert_error(request.bind::<TcpListener>(), ErrorKind::NoFreePort, NONE_LEFT);
        assert_error(request.bind::<(TcpListener, UdpSocket)>(), ErrorKind::NoFreePort, NONE_LEFT);
        assert_error(request.bind::<[TcpListener; 2]>(), ErrorKind::NoFreePort, NONE_LEFT);
        assert_error(
            request.clone().prefer(40_005).bind::<TcpListener>(),
            ErrorKind::NoFreePort,
            &format!("{NONE_LEFT}; the preferred port 40005 is in use"),
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
        assert_error(request.bind::<UdpSocket>(), ErrorKind::NoFreePort, NONE_LEFT);
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
        assert_eq!(error.to_string(), NONE_LEFT);
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
            assert_error(PortRequest::new().bind::<T>().map(drop), ErrorKind::NoFreePort, NONE_LEFT);
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
