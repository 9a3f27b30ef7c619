//! Somebody who is bound and about to listen, with all the options that a socket may have.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use port_runtime::PortRequest;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use test_support::forks;

use crate::linux::late_listeners::{insisting, is_in_use, number};
use crate::support::Block;

fn socket() -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket
}

fn bound(socket: Socket, port: u16) -> Socket {
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).unwrap();
    socket
}

/// Makes one that is about to listen.
type Make = fn(u16) -> Socket;

const ALL: [(&str, Make); 8] = [
    ("SO_REUSEPORT, too", |port| {
        let socket = socket();
        socket.set_reuse_port(true).unwrap();
        bound(socket, port)
    }),
    ("IP_FREEBIND", |port| {
        let socket = socket();
        socket.set_freebind_v4(true).unwrap();
        bound(socket, port)
    }),
    ("IP_TRANSPARENT, where that is permitted", |port| {
        let socket = socket();
        let _ = socket.set_ip_transparent_v4(true);
        bound(socket, port)
    }),
    ("SO_BINDTODEVICE", |port| {
        let socket = socket();
        socket.bind_device(Some(b"lo")).unwrap();
        bound(socket, port)
    }),
    ("mapped into IPv6", |port| {
        let Ok(socket) = Socket::new(Domain::IPV6, Type::STREAM, None) else { return bound(socket(), port) };
        socket.set_reuse_address(true).unwrap();
        socket.set_only_v6(false).unwrap();
        let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
        socket.bind(&SocketAddr::from((mapped, port)).into()).unwrap();
        socket
    }),
    ("a connection was refused", |port| {
        let socket = bound(socket(), port);
        // Nobody listens on the port that nobody has.
        socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into()).unwrap_err();
        socket
    }),
    ("it has listened before", |port| {
        let socket = bound(socket(), port);
        socket.listen(8).unwrap();
        socket.shutdown(std::net::Shutdown::Both).unwrap();
        socket
    }),
    ("MPTCP, where there is any", |port| {
        let mptcp = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::from(262)));
        let Ok(mptcp) = mptcp else { return bound(socket(), port) };
        mptcp.set_reuse_address(true).unwrap();
        bound(mptcp, port)
    }),
];

fn told(port: u16) -> String {
    PortRequest::new().port(port).bind::<TcpListener>().unwrap_err().to_string()
}

#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn none_of_them_is_robbed() {
    for after_another_server in [false, true] {
        for (name, make) in ALL {
            let block = Block::new();
            let port = number(&block, after_another_server);
            let late = make(port);
            for host in ["127.0.0.1", "0.0.0.0"] {
                for (way, request) in insisting(port) {
                    let result = request.host(host).bind::<TcpListener>();
                    assert!(is_in_use(result), "{name}: {way} on {host}, {after_another_server}");
                }
            }
            assert!(told(port).ends_with("in use by this process, which does not listen"), "{name}: {}", told(port));
            late.listen(8).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(told(port).ends_with("in use by this process"), "{name}: {}", told(port));
            for (way, request) in insisting(port) {
                assert!(is_in_use(request.bind::<TcpListener>()), "{name}: {way}, it listens");
            }
        }
    }
}

/// Whoever made it has closed it, and a child has a copy.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn a_copy_in_another_process_is_not_robbed() {
    let block = Block::for_processes();
    for after_another_server in [false, true] {
        let late = {
            let _none = forks::none();
            bound(socket(), number(&block, after_another_server))
        };
        let port = SockRef::from(&late).local_addr().unwrap().as_socket().unwrap().port();
        let mut command = Command::new("sleep");
        command.arg("1000").stdin(Stdio::from(OwnedFd::from(late)));
        let mut child = forks::spawn(&mut command).unwrap();
        // It has the socket, too.
        drop(command);
        for (way, request) in insisting(port) {
            assert!(is_in_use(request.bind::<TcpListener>()), "{way}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for (way, request) in insisting(port) {
            let result = request.bind::<TcpListener>();
            assert!(result.is_ok(), "{way}: {result:?}");
        }
    }
}
