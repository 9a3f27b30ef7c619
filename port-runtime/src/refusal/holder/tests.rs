use std::net::{Ipv4Addr, SocketAddr};

use crate::refusal::holder::Holder;
use crate::sys::owner::{self, Owner};
use crate::sys::sock_diag::{Entry, Protocol, State};

fn entry(state: State, inode: u64) -> Entry {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    Entry { address, only_v6: false, inode, uid: u32::MAX - 1, state }
}

fn words(protocol: Protocol, entries: &[Entry], owner: Option<Owner>) -> Option<String> {
    Holder::of(protocol, entries.iter()).map(|holder| holder.words(owner))
}

fn redis(command: &str) -> Owner {
    Owner::Other { pid: 4711, name: "redis-server".to_owned(), command: command.to_owned() }
}

#[test]
fn listeners_come_before_holds_and_holds_before_connections() {
    let [listener, hold, connection, old] =
        [(State::Listen, 1), (State::Bound, 2), (State::Other, 3), (State::TimeWait, 0)].map(|(s, i)| entry(s, i));
    let told = |entries: &[Entry]| words(Protocol::Tcp, entries, Some(Owner::ThisProcess)).unwrap_or_default();
    assert_eq!(told(&[old, connection, hold, listener]), "by this process");
    assert_eq!(told(&[old, connection, hold]), "by this process, which does not listen");
    assert_eq!(told(&[old, connection]), "by open connections only");
    assert_eq!(told(&[old, entry(State::Other, 0)]), "by old connections only");
    assert_eq!(told(&[]), "");
}

#[test]
fn a_command_line_is_told_if_it_is_short_and_says_more() {
    let told = |command: &str| words(Protocol::Tcp, &[entry(State::Listen, 1)], Some(redis(command))).unwrap();
    assert_eq!(told("redis-server"), "by redis-server (pid 4711)");
    assert_eq!(told("redis-server *:6379"), "by redis-server (pid 4711: `redis-server *:6379`)");
    assert_eq!(told(&"redis-server ".repeat(9)), "by redis-server (pid 4711)");
    assert_eq!(told("a\nb c"), "by redis-server (pid 4711: `a\\nb c`)");
}

#[test]
#[cfg_attr(miri, ignore = "Miri opens no files")]
fn who_cannot_be_found_is_another_user_or_out_of_sight() {
    let mut listener = entry(State::Listen, 1);
    if owner::is_another_user(listener.uid) {
        let another = words(Protocol::Tcp, &[listener], None).unwrap();
        assert_eq!(another, format!("by another user (uid {})", listener.uid));
    }
    listener.uid = (0..=u32::MAX).find(|&uid| !owner::is_another_user(uid)).unwrap();
    assert_eq!(words(Protocol::Tcp, &[listener], None).unwrap(), "by a program that cannot be seen from here");
}

#[test]
fn a_udp_socket_need_not_listen() {
    let told = words(Protocol::Udp, &[entry(State::Bound, 1)], Some(Owner::ThisProcess));
    assert_eq!(told.unwrap(), "by this process");
}

/// What this machine says.
#[cfg(all(target_os = "linux", not(miri)))]
mod on_linux {
    use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
    use std::os::fd::OwnedFd;
    use std::process::{Command, Stdio};

    use socket2::{Domain, Socket, Type};

    use crate::refusal::holder::{who_has, who_has_these};
    use crate::sys::sock_diag::Protocol;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    #[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
    fn a_listener_of_one_s_own_on_any_address() {
        for host in ["127.0.0.1:0", "0.0.0.0:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let mut address = listener.local_addr().unwrap();
            address.set_ip(LOOPBACK);
            assert_eq!(who_has(Protocol::Tcp, address), " by this process");
            drop(listener);
            assert_eq!(who_has(Protocol::Tcp, address), "");
        }
        let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(who_has(Protocol::Udp, datagrams.local_addr().unwrap()), " by this process");
    }

    #[test]
    #[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
    fn a_hold() {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        let told = who_has(Protocol::Tcp, socket.local_addr().unwrap().as_socket().unwrap());
        // Kernels before 6.8 do not tell.
        assert!([" by this process, which does not listen", ""].contains(&&*told), "{told}");
    }

    #[test]
    #[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
    fn several_ports_in_one_sentence() {
        let listeners: Vec<_> = (0..5).map(|_| TcpListener::bind((LOOPBACK, 0)).unwrap()).collect();
        let ports: Vec<_> = listeners.iter().map(|it| it.local_addr().unwrap().port()).collect();
        let [first, second, third, ..] = ports[..] else { unreachable!() };
        let told = |ports: &[u16]| who_has_these(Protocol::Tcp, LOOPBACK, ports);
        assert_eq!(told(&[]), "");
        assert_eq!(told(&ports[..1]), format!("; {first} by this process"));
        assert_eq!(told(&ports[..2]), format!("; {first} and {second} by this process"));
        assert_eq!(told(&ports), format!("; {first}, {second} and {third} by this process, …"));
    }

    #[test]
    #[cfg_attr(emulated, ignore = "an emulator answers no questions about sockets")]
    fn another_program() {
        let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let mut child = Command::new("sleep").arg("1000").stdin(Stdio::from(OwnedFd::from(listener))).spawn().unwrap();
        let expected = format!(" by sleep (pid {}: `sleep 1000`)", child.id());
        // In the middle of exec it has no command line yet.
        let told = (0..1000).map(|_| who_has(Protocol::Tcp, address)).find(|told| *told == expected);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(told.is_some(), "{expected}");
    }
}
