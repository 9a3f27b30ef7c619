//! `ReservedPort`: a number that nobody else gets, for a program that cannot take a socket.
//!
//! What is promised elsewhere is less, so all of this is about Linux.

mod children;
mod edges;
mod killed;
mod listen;
mod namespace;
mod others;
mod refused;
mod requests;
mod rivals;
mod servers;
mod system_calls;
mod told;
mod wait;
mod wait_async;
mod without_ipv6;

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use port_runtime::{PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::eventually;

use crate::support::sockets::connect;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const LOOPBACK_6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const ANY_6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// Where servers listen, as far as this machine has it.
const HOSTS: &[IpAddr] = if cfg!(has_ipv6) { &[LOOPBACK, ANY, LOOPBACK_6, ANY_6] } else { &[LOOPBACK, ANY] };

fn reserve() -> ReservedPort {
    PortRequest::new().bind().expect("a port is free")
}

/// The address at which a client reaches a server on `host`.
fn reachable(host: IpAddr, port: u16) -> SocketAddr {
    let host = match host {
        ANY => LOOPBACK,
        ANY_6 => LOOPBACK_6,
        host => host,
    };
    SocketAddr::new(host, port)
}

/// A TCP socket that is bound, and does not listen. On `[::]` it is on both families.
fn bind(address: impl Into<SocketAddr>, reuse_address: bool) -> io::Result<Socket> {
    let address = address.into();
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.set_reuse_address(reuse_address)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn port_of(socket: &Socket) -> u16 {
    socket.local_addr().unwrap().as_socket().unwrap().port()
}

#[track_caller]
fn assert_in_use<T>(result: io::Result<T>) {
    assert_eq!(result.err().expect("the port is reserved").kind(), io::ErrorKind::AddrInUse);
}

/// Lets a server serve one connection, close it first and end.
fn leave_in_time_wait(server: TcpListener) {
    let port = server.local_addr().unwrap().port();
    let client = connect(server.local_addr().unwrap());
    drop(server.accept().expect("a client is waiting"));
    drop(server);
    drop(client);
    eventually("TIME_WAIT", || in_time_wait(port));
}

/// Whether a closed connection of a server on this port is remembered.
fn in_time_wait(port: u16) -> bool {
    const TIME_WAIT: &str = "06";

    let port = format!(":{port:04X}");
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().any(|table| {
        let table = fs::read_to_string(table).unwrap_or_default();
        table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .any(|columns| matches!(columns[..], [_, local, _, TIME_WAIT, ..] if local.ends_with(&port)))
    })
}
