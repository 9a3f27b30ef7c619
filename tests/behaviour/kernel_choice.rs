//! Nothing asked for: the kernel chooses, on the loopback interface.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use port_runtime::{FromFreePort, PortRequest};
#[cfg(unix)]
use socket2::SockRef;
use socket2::{Domain, Socket, Type};
use test_support::forks;

use crate::support::port_on;
#[cfg(unix)]
use crate::support::sockets::plain;

fn default<T: FromFreePort>() -> T {
    PortRequest::new().bind().expect("the machine has a free port")
}

#[test]
fn tcp_is_on_loopback() {
    port_on("127.0.0.1", default::<TcpListener>().local_addr());
}

#[test]
fn udp_is_on_loopback() {
    port_on("127.0.0.1", default::<UdpSocket>().local_addr());
}

#[test]
fn a_request_is_used_any_number_of_times() {
    let request = PortRequest::new();
    let listeners: Vec<TcpListener> = (0..20).map(|_| request.bind().unwrap()).collect();
    let ports: HashSet<_> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    assert_eq!(ports.len(), listeners.len());
}

// Windows does not tell whether a socket blocks.
#[cfg(unix)]
#[test]
fn std_sockets_block() {
    assert!(!SockRef::from(&default::<TcpListener>()).nonblocking().unwrap());
    assert!(!SockRef::from(&default::<UdpSocket>()).nonblocking().unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn children_do_not_inherit_it() {
    fn closes_on_exec(socket: &impl std::os::fd::AsRawFd) -> bool {
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", socket.as_raw_fd())).unwrap();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).expect("proc(5) has it");
        i32::from_str_radix(flags.trim(), 8).unwrap() & libc::O_CLOEXEC != 0
    }
    assert!(closes_on_exec(&default::<TcpListener>()));
    assert!(closes_on_exec(&default::<UdpSocket>()));
}

#[test]
fn nobody_else_binds_the_port_while_it_lives() {
    let _no_forks = forks::none();
    let listener: TcpListener = default();
    let port = listener.local_addr().unwrap().port();
    let mut addresses: Vec<SocketAddr> = vec![(Ipv4Addr::LOCALHOST, port).into()];
    // Windows lets others have the number on every address, and gives them nothing of what comes to this one:
    // <https://learn.microsoft.com/en-us/windows-hardware/drivers/network/sharing-transport-addresses>
    if cfg!(not(windows)) {
        addresses.push((Ipv4Addr::UNSPECIFIED, port).into());
    }
    // Without IPV6_V6ONLY, as it is by default on most systems, this one is about IPv4 too.
    if cfg!(all(has_ipv6, target_os = "linux")) {
        addresses.push((Ipv6Addr::UNSPECIFIED, port).into());
    }
    for address in addresses {
        for reuse_address in [false, true] {
            let rival = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
            if address.is_ipv6() {
                rival.set_only_v6(false).unwrap();
            }
            // On Windows that option is the way to take a port over, and what is refused is the permission.
            rival.set_reuse_address(reuse_address).unwrap();
            let taken = rival.bind(&address.into()).and_then(|()| rival.listen(1));
            let error = taken.expect_err("the port was taken away");
            assert!(
                matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied),
                "{address} {reuse_address}: {error}"
            );
        }
    }
    // And afterwards it is free again.
    drop(listener);
    assert!(cfg!(not(target_os = "linux")) || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
}

#[cfg(unix)]
#[test]
fn udp_datagrams_cannot_be_stolen() {
    let socket: UdpSocket = default();
    let address = socket.local_addr().unwrap();
    assert!(!SockRef::from(&socket).reuse_address().unwrap());
    let rival = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    rival.set_reuse_address(true).unwrap();
    assert_eq!(rival.bind(&address.into()).unwrap_err().kind(), ErrorKind::AddrInUse);
    assert_eq!(plain(Type::DGRAM, address).unwrap_err().kind(), ErrorKind::AddrInUse);
}
