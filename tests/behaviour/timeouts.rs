//! `timeout` of UDP sockets, on every system; for listeners see `accept_timeouts`.

use std::io::ErrorKind as Io;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use port_runtime::{ErrorKind, PortRequest};

use crate::support::assert_error;

const SHORT: Duration = Duration::from_millis(30);

fn within(timeout: Duration) -> UdpSocket {
    PortRequest::new().timeout(timeout).bind().expect("any timeout but zero will do")
}

/// The kind that a timeout has on this system.
const TIMED_OUT: Io = if cfg!(windows) { Io::TimedOut } else { Io::WouldBlock };

#[test]
fn receiving_datagrams_gives_up() {
    let socket: UdpSocket = within(SHORT);
    assert_eq!(socket.recv_from(&mut [0]).unwrap_err().kind(), TIMED_OUT);
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    assert_eq!(socket.recv_from(&mut [0]).unwrap().0, 1);
}

#[test]
fn both_directions_of_a_udp_socket_are_limited() {
    let socket: UdpSocket = within(Duration::from_secs(5));
    assert_eq!(socket.read_timeout().unwrap(), Some(Duration::from_secs(5)));
    assert_eq!(socket.write_timeout().unwrap(), Some(Duration::from_secs(5)));
}

#[test]
fn without_it_there_is_no_limit() {
    let socket: UdpSocket = PortRequest::new().bind().unwrap();
    assert_eq!(socket.read_timeout().unwrap(), None);
    assert_eq!(socket.write_timeout().unwrap(), None);
}

#[test]
fn zero_is_refused() {
    let request = PortRequest::new().timeout(Duration::ZERO);
    let message = "a timeout of zero would mean none at all; leave it out or give a longer one";
    assert_error(request.bind::<UdpSocket>(), ErrorKind::InvalidRequest, message);
    assert_error(request.bind::<TcpListener>(), ErrorKind::InvalidRequest, message);
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[test]
fn for_a_listener_it_is_unsupported_here() {
    let request = PortRequest::new().timeout(SHORT);
    let message = "`timeout` for a listener is promised on Linux and Android only; set it on the accepted connections";
    assert_error(request.bind::<TcpListener>(), ErrorKind::Unsupported, message);
    assert_error(request.bind::<(UdpSocket, TcpListener)>(), ErrorKind::Unsupported, message);
    // Its listeners would have it.
    assert_error(request.bind::<port_runtime::ReservedPort>(), ErrorKind::Unsupported, message);
}
