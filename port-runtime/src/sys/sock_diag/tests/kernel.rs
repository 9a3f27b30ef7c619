//! The kernel of this machine.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};

use socket2::{Domain, Socket, Type};

use crate::sys::sock_diag::{Entry, State, inode, tcp, udp};

const EVERY: &[State] = &[State::Listen, State::Bound, State::TimeWait, State::Other];

fn bound(address: impl Into<SocketAddr>, only_v6: bool) -> io::Result<Socket> {
    let address = address.into();
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(only_v6)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

fn address(socket: &Socket) -> SocketAddr {
    socket.local_addr().unwrap().as_socket().unwrap()
}

/// What the table says of a socket, asked for by its own port only.
fn seen(socket: &Socket, states: &[State]) -> Option<Entry> {
    let port = address(socket).port();
    let number = inode(socket).unwrap();
    let mut found = tcp(states, port..=port).unwrap();
    assert!(found.iter().all(|entry| entry.address.port() == port && states.contains(&entry.state)), "{found:?}");
    found.retain(|entry| entry.inode == number);
    assert!(found.len() <= 1, "{found:?}");
    found.pop()
}

/// Or else this kernel is older than 6.8.
fn tells_who_is_bound() -> bool {
    seen(&bound((Ipv4Addr::LOCALHOST, 0), false).unwrap(), &[State::Bound]).is_some()
}

#[test]
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
fn a_socket_is_seen_in_each_of_its_states() {
    let hosts = [
        (Ipv4Addr::LOCALHOST.into(), false),
        (Ipv6Addr::UNSPECIFIED.into(), false),
        (Ipv6Addr::LOCALHOST.into(), true),
    ];
    for (host, only_v6) in hosts {
        let Ok(socket) = bound(SocketAddr::new(host, 0), only_v6) else { continue };
        let mut expected = Entry {
            address: address(&socket),
            only_v6,
            inode: inode(&socket).unwrap(),
            uid: std::fs::metadata("/proc/self").map(|it| std::os::unix::fs::MetadataExt::uid(&it)).unwrap(),
            state: State::Bound,
        };
        if tells_who_is_bound() {
            assert_eq!(seen(&socket, EVERY), Some(expected));
            assert_eq!(seen(&socket, &[State::Bound]), Some(expected));
        }
        assert_eq!(seen(&socket, &[State::Listen, State::TimeWait, State::Other]), None);
        socket.listen(1).unwrap();
        expected.state = State::Listen;
        assert_eq!(seen(&socket, &[State::Listen]), Some(expected));
        assert_eq!(seen(&socket, &[State::Bound]), None);
        assert!(seen(&socket, EVERY).unwrap().accepts(expected.address));
    }
}

#[test]
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
fn connections_and_what_is_left_of_them() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let states = |states: &[State]| tcp(states, port..=port).unwrap().iter().map(|it| it.state).collect::<Vec<_>>();
    let (server, _) = listener.accept().unwrap();
    assert_eq!(states(&[State::Other]), [State::Other]);
    drop(server);
    drop(client);
    drop(listener);
    for _ in 0..1000 {
        if states(EVERY) == [State::TimeWait] {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("{:?}", tcp(EVERY, port..=port));
}

#[test]
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
fn datagrams_have_a_table_of_their_own() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = socket.local_addr().unwrap().port();
    let states = || udp(port..=port).unwrap().iter().map(|it| (it.address, it.state)).collect::<Vec<_>>();
    assert_eq!(states(), [(socket.local_addr().unwrap(), State::Bound)]);
    socket.connect((Ipv4Addr::LOCALHOST, 9)).unwrap();
    assert_eq!(states(), [(socket.local_addr().unwrap(), State::Other)]);
    drop(socket);
    assert_eq!(states(), []);
}

#[test]
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
fn hundreds_of_sockets_and_only_those_of_the_range() {
    // More than fit into one part of the answer.
    let sockets: Vec<_> = (0..600).map_while(|_| bound((Ipv4Addr::LOCALHOST, 0), false).ok()).collect();
    for socket in &sockets {
        socket.listen(1).unwrap();
    }
    let mut ports: Vec<_> = sockets.iter().map(|it| address(it).port()).collect();
    ports.sort_unstable();
    let all = tcp(&[State::Listen], 0..=u16::MAX).unwrap();
    assert!(ports.iter().all(|port| all.iter().any(|it| it.address.port() == *port)));
    let range = ports[100]..=ports[300];
    let some = tcp(&[State::Listen], range.clone()).unwrap();
    assert!(some.iter().all(|it| range.contains(&it.address.port())));
    assert!(ports[100..=300].iter().all(|port| some.iter().any(|it| it.address.port() == *port)));
}

#[test]
#[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
fn an_empty_range_has_nobody() {
    #[expect(clippy::reversed_empty_ranges, reason = "an empty one is what this is about")]
    let nobody = 9..=8;
    assert_eq!(tcp(EVERY, nobody).unwrap(), []);
}

#[test]
#[ignore = "a measurement"]
fn how_long_it_takes() {
    let _sockets: Vec<_> = (0..1000).map_while(|_| bound((Ipv4Addr::LOCALHOST, 0), false).ok()).collect();
    for states in [&[State::Listen][..], &[State::Bound], &[State::Listen, State::Bound], EVERY] {
        let started = std::time::Instant::now();
        for _ in 0..100 {
            tcp(states, 8080..=8080).unwrap();
        }
        println!("{states:?}: {:?}", started.elapsed() / 100);
    }
}
