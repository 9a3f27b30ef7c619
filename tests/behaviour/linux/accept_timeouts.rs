//! `timeout` of listeners, which the connections that they accept take over.

use std::io::ErrorKind::WouldBlock;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use port_runtime::{DualStack, FromFreePort, PortRequest};

use crate::support::sockets::connect;

const SHORT: Duration = Duration::from_millis(30);

fn within<T: FromFreePort>(timeout: Duration) -> T {
    PortRequest::new().timeout(timeout).bind().expect("any timeout but zero will do")
}

#[test]
fn accept_gives_up() {
    let listener: TcpListener = within(SHORT);
    assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
    // And the listener is as good as before.
    let client = connect(listener.local_addr().unwrap());
    assert_eq!(listener.accept().unwrap().1, client.local_addr().unwrap());
}

#[test]
fn reading_from_an_accepted_connection_gives_up() {
    let listener: TcpListener = within(SHORT);
    let mut client = connect(listener.local_addr().unwrap());
    let (mut connection, _) = listener.accept().unwrap();
    assert_eq!(connection.read(&mut [0]).unwrap_err().kind(), WouldBlock);
    client.write_all(b"x").unwrap();
    assert_eq!(connection.read(&mut [0]).unwrap(), 1);
}

#[test]
fn writing_to_an_accepted_connection_gives_up() {
    let listener: TcpListener = within(SHORT);
    let _reads_nothing = connect(listener.local_addr().unwrap());
    let (mut connection, _) = listener.accept().unwrap();
    let much = vec![0; 1 << 20];
    // Far more than the buffers of both ends hold.
    let error = (0..1000).find_map(|_| connection.write(&much).err()).expect("the buffers are full");
    assert_eq!(error.kind(), WouldBlock);
}

#[test]
fn a_nanosecond_is_a_short_one_and_not_none() {
    for tiny in [Duration::from_nanos(1), Duration::from_nanos(999), Duration::from_micros(1)] {
        let listener: TcpListener = within(tiny);
        // Else the next line would wait forever.
        assert!(socket2::SockRef::from(&listener).read_timeout().unwrap().is_some());
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
        let socket: UdpSocket = within(tiny);
        assert!(socket.read_timeout().unwrap().is_some());
        assert_eq!(socket.recv_from(&mut [0]).unwrap_err().kind(), WouldBlock);
        assert!(socket.write_timeout().unwrap().is_some());
    }
}

#[test]
fn a_huge_one_is_accepted_and_waits() {
    for huge in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(1 << 40)] {
        let listener: TcpListener = within(huge);
        let client = std::thread::spawn({
            let address = listener.local_addr().unwrap();
            move || {
                std::thread::sleep(SHORT);
                connect(address).local_addr().unwrap()
            }
        });
        let (_, peer) = listener.accept().expect("a client comes in time");
        assert_eq!(peer, client.join().unwrap());
        let socket: UdpSocket = within(huge);
        socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
        assert_eq!(socket.recv_from(&mut [0]).unwrap().0, 1);
    }
}

#[test]
fn all_members_have_it() {
    let (listener, socket): (TcpListener, UdpSocket) = within(SHORT);
    assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
    assert_eq!(socket.recv_from(&mut [0]).unwrap_err().kind(), WouldBlock);
    for listener in within::<[TcpListener; 2]>(SHORT) {
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
    }
    if cfg!(has_ipv6) {
        let both: DualStack<TcpListener> = within(SHORT);
        assert_eq!(both.v4.accept().unwrap_err().kind(), WouldBlock);
        assert_eq!(both.v6.accept().unwrap_err().kind(), WouldBlock);
    }
}

#[test]
fn holds_on_a_preferred_port_and_in_a_range() {
    let block = crate::support::Block::new();
    let request = PortRequest::new().prefer(block.port(1)).range(block.port(2)..block.port(3)).timeout(SHORT);
    for listener in request.bind::<[TcpListener; 2]>().unwrap() {
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock);
    }
}
