//! Where there are so few ports that the kernel has to give each of them away.
#![cfg_attr(not(has_unshare), allow(dead_code, reason = "all tests of it are ignored then"))]

use std::fs;
use std::io;
use std::net::{IpAddr, TcpListener, TcpStream};

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use socket2::Socket;

use super::{HOSTS, LOOPBACK, LOOPBACK_6, assert_in_use, bind, port_of, reserve};
use crate::support::Child;
use crate::support::namespace::set_ephemeral_ports;

const FIRST: u16 = 40_000;
const COUNT: usize = 100;
/// Outside.
const SERVER: u16 = 30_000;

fn few_ports() {
    set_ephemeral_ports(FIRST, FIRST + 99);
}

/// Every way to ask for any port.
fn kinds() -> impl Iterator<Item = (IpAddr, bool)> {
    HOSTS.iter().flat_map(|&host| [(host, false), (host, true)])
}

/// Sockets on all ports that the kernel gives.
fn all_ports(host: IpAddr, reuse_address: bool) -> Vec<Socket> {
    (0..2 * COUNT)
        .map_while(|_| match bind((host, 0), reuse_address) {
            Ok(socket) => Some(socket),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::AddrInUse, "{error}");
                None
            }
        })
        .collect()
}

#[track_caller]
fn assert_all_but(port: u16, others: impl IntoIterator<Item = u16>) {
    let mut others: Vec<_> = others.into_iter().collect();
    others.sort_unstable();
    assert!(!others.contains(&port), "{port} is reserved");
    assert_eq!(others, (FIRST..).take(COUNT).filter(|&other| other != port).collect::<Vec<_>>());
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn bind_gives_all_other_ports_and_never_this_one() {
    Child::in_namespace().run(|| {
        few_ports();
        let reserved = reserve();
        let port = reserved.port();
        let nobody_gets_it = || {
            for (host, reuse_address) in kinds() {
                assert_all_but(port, all_ports(host, reuse_address).iter().map(port_of));
            }
        };
        nobody_gets_it();
        let listener = reserved.listen().unwrap();
        nobody_gets_it();
        drop(listener);
        nobody_gets_it();
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn bind_gives_it_once_it_is_dropped() {
    Child::in_namespace().run(|| {
        few_ports();
        for (host, reuse_address) in kinds() {
            let reserved = reserve();
            let port = reserved.port();
            let others = all_ports(host, reuse_address);
            assert_all_but(port, others.iter().map(port_of));
            drop(reserved);
            assert_eq!(port_of(&bind((host, 0), reuse_address).unwrap()), port);
        }
    });
}

/// Clients of a server, each with a port of its own. The server's ends are dropped first, so that `TIME_WAIT` is there.
fn clients(server: &TcpListener) -> Vec<(TcpStream, TcpStream)> {
    (0..2 * COUNT)
        .map_while(|_| match TcpStream::connect(server.local_addr().unwrap()) {
            Ok(client) => Some((server.accept().unwrap().0, client)),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable, "{error}");
                None
            }
        })
        .collect()
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn connect_uses_all_other_ports_and_never_this_one() {
    Child::in_namespace().run(|| {
        few_ports();
        for &host in HOSTS.iter().filter(|host| host.is_loopback()) {
            let server = TcpListener::bind((host, SERVER)).unwrap();
            let reserved = reserve();
            let port = reserved.port();
            let clients = clients(&server);
            assert_all_but(port, clients.iter().map(|(_, client)| client.local_addr().unwrap().port()));
            drop(reserved);
            let client = TcpStream::connect((host, SERVER)).expect("the port is free again");
            assert_eq!(client.local_addr().unwrap().port(), port);
        }
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn a_second_reservation_never_gets_it() {
    Child::in_namespace().run(|| {
        few_ports();
        let first = reserve();
        let others: Vec<ReservedPort> = (1..COUNT).map(|_| reserve()).collect();
        assert_all_but(first.port(), others.iter().map(ReservedPort::port));
        let error = PortRequest::new().bind::<ReservedPort>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoFreePort, "{error}");
        assert_eq!(PortRequest::new().bind::<TcpListener>().unwrap_err().kind(), ErrorKind::NoFreePort);
        let port = first.release();
        assert_eq!(reserve().port(), port);
    });
}

#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn others_of_the_crate_never_get_it() {
    Child::in_namespace().run(|| {
        few_ports();
        let reserved = reserve();
        let port = reserved.port();
        let listeners: Vec<TcpListener> = (1..COUNT).map(|_| PortRequest::new().bind().unwrap()).collect();
        assert_all_but(port, listeners.iter().map(|listener| listener.local_addr().unwrap().port()));
        assert_eq!(PortRequest::new().bind::<TcpListener>().unwrap_err().kind(), ErrorKind::NoFreePort);
        drop(reserved);
        assert_eq!(reserve().port(), port);
    });
}

/// Where sockets on `[::]` are on IPv6 alone unless they say otherwise.
#[cfg_attr(not(all(has_unshare, has_ipv6)), ignore = "no network namespace with IPv6 can be made here")]
#[test]
fn bindv6only_changes_nothing() {
    Child::in_namespace().run(|| {
        fs::write("/proc/sys/net/ipv6/bindv6only", "1").unwrap();
        few_ports();
        let reserved = reserve();
        for (host, reuse_address) in kinds() {
            assert_all_but(reserved.port(), all_ports(host, reuse_address).iter().map(port_of));
            assert_in_use(bind((host, reserved.port()), false));
        }
    });
}

/// The limit that the documentation names.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn ip_autobind_reuse_gives_it_to_sockets_that_reuse_addresses() {
    Child::in_namespace().run(|| {
        few_ports();
        let reserved = reserve();
        let _others = all_ports(LOOPBACK, false);
        bind((LOOPBACK, 0), true).expect_err("all ports are taken");
        fs::write("/proc/sys/net/ipv4/ip_autobind_reuse", "1").unwrap();
        assert_eq!(port_of(&bind((LOOPBACK, 0), true).unwrap()), reserved.port());
        bind((LOOPBACK, 0), false).expect_err("others do not get it even so");
    });
}

/// A connection to a closed port of the kernel's range can come out of that very port, and so reach itself. A reserved
/// one is no port to come out of.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn no_connection_reaches_itself() {
    Child::in_namespace().run(|| {
        few_ports();
        let reserved = reserve();
        for host in if cfg!(has_ipv6) { [LOOPBACK, LOOPBACK_6] } else { [LOOPBACK; 2] } {
            for _ in 0..1000 {
                let error = TcpStream::connect((host, reserved.port())).expect_err("nobody listens");
                assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
            }
        }
    });
}
