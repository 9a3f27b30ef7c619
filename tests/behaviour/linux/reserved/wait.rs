//! `wait_until_listening`: until somebody listens, without anybody noticing.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use port_runtime::{ErrorKind, PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::{PLENTY, forks};

use super::{ANY, ANY_6, HOSTS, LOOPBACK_6, bind, reserve};
use crate::support::assert_error;
use crate::support::sockets::connect;

const SHORT: Duration = Duration::from_millis(30);

#[track_caller]
fn assert_nobody_listens(reserved: &ReservedPort) {
    let address = reserved.addr();
    assert_error(
        reserved.wait_until_listening(SHORT),
        ErrorKind::TimedOut,
        &format!("nobody listens on {address} after 30ms; is the server running, and was it given this port?"),
    );
}

fn reserve_on(host: impl Into<port_runtime::Host>) -> ReservedPort {
    PortRequest::new().host(host).bind().unwrap()
}

#[test]
fn somebody_listens_already() {
    for &host in HOSTS {
        let reserved = reserve_on(host);
        let _listener = TcpListener::bind(reserved.addr()).unwrap();
        for timeout in [Duration::ZERO, SHORT, PLENTY, Duration::MAX] {
            reserved.wait_until_listening(timeout).unwrap();
        }
    }
}

#[test]
fn somebody_comes_later() {
    for timeout in [PLENTY, Duration::MAX] {
        let reserved = reserve();
        thread::scope(|scope| {
            let server = scope.spawn(|| {
                thread::sleep(SHORT);
                reserved.listen().unwrap()
            });
            reserved.wait_until_listening(timeout).unwrap();
            connect(reserved.addr());
            drop(server.join().unwrap());
        });
    }
}

#[test]
fn somebody_on_the_wildcard_counts() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let listener = TcpListener::bind((ANY, reserved.port())).unwrap();
    reserved.wait_until_listening(PLENTY).unwrap();
    connect(reserved.addr());
    drop(listener);
    if cfg!(has_ipv6) {
        let _on_both = TcpListener::bind((ANY_6, reserved.port())).unwrap();
        reserved.wait_until_listening(PLENTY).unwrap();
        connect(reserved.addr());
    }
}

#[test]
fn nobody() {
    for &host in HOSTS {
        let started = Instant::now();
        assert_nobody_listens(&reserve_on(host));
        assert!(started.elapsed() >= SHORT, "it gave up too early");
    }
    let error = reserve().wait_until_listening(Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::TimedOut);
}

#[test]
fn nobody_any_more() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let listener = reserved.listen().unwrap();
    reserved.wait_until_listening(PLENTY).unwrap();
    drop(listener);
    assert_nobody_listens(&reserved);
}

#[test]
fn who_is_bound_and_does_not_listen_does_not_count() {
    for &host in HOSTS {
        let reserved = reserve_on(host);
        let server = bind(reserved.addr(), true).unwrap();
        assert_nobody_listens(&reserved);
        server.listen(1).unwrap();
        reserved.wait_until_listening(PLENTY).unwrap();
    }
}

/// Somebody listens on the number, and a client would be refused: the error says where it is.
#[track_caller]
fn assert_listens_only_on(places: &[SocketAddr], reserved: &ReservedPort) {
    let places: Vec<_> = places.iter().map(ToString::to_string).collect();
    let (address, places) = (reserved.addr(), places.join(", "));
    let message = format!(
        "nobody listens on {address} after 30ms; somebody listens on {places}, where a connection to it does not arrive"
    );
    assert_error(reserved.wait_until_listening(SHORT), ErrorKind::TimedOut, &message);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who listens")]
#[test]
fn who_listens_on_another_address_does_not_count() {
    let reserved = reserve();
    let elsewhere = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), reserved.port())).unwrap();
    assert_listens_only_on(&[elsewhere.local_addr().unwrap()], &reserved);
    // The wildcard stands for 127.0.0.1, as a client sees it.
    let everywhere = reserve_on(ANY);
    let elsewhere = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 7), everywhere.port())).unwrap();
    assert_listens_only_on(&[elsewhere.local_addr().unwrap()], &everywhere);
    assert_eq!(TcpStream::connect(everywhere.addr()).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

#[cfg_attr(emulated, ignore = "the emulator does not tell who listens")]
#[test]
#[cfg_attr(not(has_ipv6), ignore = "::1 cannot be bound")]
fn who_listens_on_the_other_family_does_not_count() {
    let reserved = reserve();
    let on_ipv6_only = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
    on_ipv6_only.set_only_v6(true).unwrap();
    on_ipv6_only.set_reuse_address(true).unwrap();
    on_ipv6_only.bind(&SocketAddr::from((ANY_6, reserved.port())).into()).unwrap();
    on_ipv6_only.listen(1).unwrap();
    assert_listens_only_on(&[(ANY_6, reserved.port()).into()], &reserved);
    let on_ipv6 = reserve_on(LOOPBACK_6);
    let _on_ipv4 = TcpListener::bind((ANY, on_ipv6.port())).unwrap();
    assert_listens_only_on(&[(ANY, on_ipv6.port()).into()], &on_ipv6);
}

/// On one address of both families a client of 127.0.0.1 arrives.
#[test]
#[cfg_attr(not(has_ipv6), ignore = "::1 cannot be bound")]
fn who_listens_on_both_families_counts() {
    let reserved = reserve();
    let _on_both = TcpListener::bind((ANY_6, reserved.port())).unwrap();
    reserved.wait_until_listening(SHORT).unwrap();
    connect(reserved.addr());
}

#[test]
fn a_connection_that_outlives_its_server_does_not_count() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let listener = reserved.listen().unwrap();
    let _client = connect(reserved.addr());
    let _connection = listener.accept().unwrap();
    drop(listener);
    assert_nobody_listens(&reserved);
}

#[test]
fn a_server_that_accepts_once_does_not_notice() {
    let reserved = reserve();
    let listener = reserved.listen().unwrap();
    for _ in 0..100 {
        reserved.wait_until_listening(PLENTY).unwrap();
    }
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    listener.set_nonblocking(false).unwrap();
    let client = connect(reserved.addr());
    assert_eq!(listener.accept().unwrap().1, client.local_addr().unwrap());
}

/// The look is a short bind. It must never be what keeps a server from its port.
#[test]
fn many_who_look_do_not_disturb_the_server() {
    let _no_forks = forks::none();
    for &host in HOSTS {
        let reserved = reserve_on(host);
        let started = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !started.load(Ordering::Relaxed) {
                        let _ = reserved.wait_until_listening(Duration::ZERO);
                    }
                });
            }
            let refused = (0..300).find_map(|_| reserved.listen().err());
            started.store(true, Ordering::Relaxed);
            assert!(refused.is_none(), "{refused:?}");
        });
    }
}

#[test]
fn the_error_of_a_full_table_of_descriptors_is_not_a_time_out() {
    crate::support::Child::new().wrapped_in(["sh", "-c", r#"ulimit -n 64; exec "$0" "$@""#]).run(|| {
        let reserved = reserve();
        let files: Vec<_> = (0..64).map_while(|_| std::fs::File::open("/dev/null").ok()).collect();
        let error = reserved.wait_until_listening(PLENTY).unwrap_err();
        assert!(error.to_string().contains("Too many open files"), "{error}");
        assert_ne!(error.kind(), ErrorKind::TimedOut);
        drop(files);
        assert_nobody_listens(&reserved);
    });
}
