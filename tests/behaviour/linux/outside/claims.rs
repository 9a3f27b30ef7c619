//! Several passed sockets are had together or not at all, and what comes to nothing leaves them as they were.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use port_runtime::{DualStack, Error, ErrorKind, FromFreePort, PortRequest};
use socket2::SockRef;
use tokio::runtime::Builder;

use super::descriptors::is_nonblocking;
use super::{inherit, tcp, udp};
use crate::support::given::{Given, given_address, given_addresses};
use crate::support::trace::{Traced, watch};
use crate::support::{Block, Child};

const PAIRS: usize = 16;

/// TCP and UDP on one number, again and again.
fn pairs(count: usize) -> impl FnOnce(&mut Given) {
    move |it| {
        for _ in 0..count {
            let block = Block::for_processes();
            let socket = UdpSocket::bind(("127.0.0.1", block.port(1))).unwrap();
            it.descriptor(block.listener(1)).descriptor(socket);
        }
    }
}

fn at_once<T: Send>(threads: usize, bind: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(threads);
    let bind = || {
        barrier.wait();
        bind()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(bind)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

type Pair = (TcpListener, UdpSocket);

fn address((listener, socket): &Pair) -> SocketAddr {
    let address = listener.local_addr().unwrap();
    assert_eq!(socket.local_addr().unwrap(), address);
    address
}

#[test]
fn of_as_many_threads_as_pairs_none_fails() {
    Child::service().given(pairs(PAIRS)).run(|| {
        let taken: Vec<Pair> = at_once(PAIRS, || inherit().unwrap());
        let found: HashSet<_> = taken.iter().map(address).collect();
        assert_eq!(found, given_addresses().into_iter().flatten().collect());
    });
}

#[test]
fn of_more_threads_than_pairs_as_many_fail_as_have_to() {
    Child::service().given(pairs(PAIRS)).run(|| {
        let (taken, refused): (Vec<_>, Vec<_>) =
            at_once(2 * PAIRS, inherit::<Pair>).into_iter().partition(Result::is_ok);
        assert_eq!((taken.len(), refused.len()), (PAIRS, PAIRS));
        assert!(refused.into_iter().all(|it| it.unwrap_err().kind() == ErrorKind::InheritedSocket));
    });
}

/// A server that binds through a request of its own, as harnesses do that read a configuration.
struct Own(TcpListener);

impl FromFreePort for Own {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        inherit().map(Self)
    }
}

#[test]
fn a_member_may_ask_for_a_socket_of_its_own_meanwhile() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp(), tcp()])).run(|| {
        let many: Vec<([TcpListener; 1], Own)> = at_once(1, || inherit().unwrap());
        let ([first], Own(second)) = &many[0];
        assert_eq!([first, second].map(|it| it.local_addr().unwrap()), [given_address(0), given_address(1)]);
        let failed = inherit::<(TcpListener, Own)>().map(drop).unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::InheritedSocket);
        assert_eq!(inherit::<TcpListener>().unwrap().local_addr().unwrap(), given_address(2));
    });
}

/// Fails when it has what it asked for.
struct Broken;

impl FromFreePort for Broken {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let _listener: TcpListener = request.bind()?;
        Err(Error::other("the schema is missing"))
    }
}

#[test]
fn what_is_made_of_them_and_fails_puts_them_back() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()]).descriptor(udp())).run(|| {
        let failures = [
            inherit::<[Broken; 2]>().map(drop).unwrap_err(),
            inherit::<(TcpListener, Broken)>().map(drop).unwrap_err(),
            inherit::<(Broken, TcpListener)>().map(drop).unwrap_err(),
            inherit::<DualStack<Broken>>().map(drop).unwrap_err(),
        ];
        assert!(failures.iter().any(|failure| failure.to_string() == "the schema is missing"), "{failures:?}");
        let both: [TcpListener; 2] = inherit().unwrap();
        assert_eq!(both.map(|it| it.local_addr().unwrap()), [given_address(0), given_address(1)]);
    });
}

/// A runtime that takes no socket: what it refuses is there as before, for a request that makes sense.
#[test]
fn what_a_runtime_refuses_goes_back_as_it_was() {
    use tokio::net::{TcpListener, UdpSocket};

    let given = |it: &mut Given| {
        pairs(1)(it);
        let other = tcp();
        other.set_nonblocking(true).unwrap();
        it.descriptor(other);
    };
    Child::service().given(given).run(|| {
        let without_io = Builder::new_current_thread().build().unwrap();
        without_io.block_on(async {
            for _ in 0..2 {
                assert_eq!(inherit::<TcpListener>().unwrap_err().kind(), ErrorKind::NoRuntime);
                assert_eq!(inherit::<(TcpListener, UdpSocket)>().unwrap_err().kind(), ErrorKind::NoRuntime);
                assert_eq!(inherit::<[TcpListener; 1]>().unwrap_err().kind(), ErrorKind::NoRuntime);
                assert_eq!([3, 4, 5].map(is_nonblocking), [false, false, true]);
            }
        });
        let (listener, socket): Pair = inherit().unwrap();
        assert_eq!(address(&(listener, socket)), given_address(0));
        let other: std::net::TcpListener = inherit().unwrap();
        assert_eq!(other.local_addr().unwrap(), given_address(2));
    });
}

/// Also for an instant, in which another worker that has the socket would wait where it must not.
#[cfg_attr(not(has_strace), ignore = "strace is not installed, or may not trace")]
#[test]
fn the_blocking_mode_is_changed_once_and_only_if_it_is_another() {
    let given = |it: &mut Given| {
        let sockets = [true, true, false, false].map(|nonblocking| {
            let socket = tcp();
            socket.set_nonblocking(nonblocking).unwrap();
            socket
        });
        it.descriptors(sockets);
    };
    // Without `LISTEN_PID`, which would be that of strace.
    let calls = Traced::new(Child::new().given(given)).run(|| {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let _guard = runtime.enter();
        watch(|| {
            let _as_it_is: tokio::net::TcpListener = inherit().unwrap();
            let _changed: TcpListener = inherit().unwrap();
            let _changed: tokio::net::TcpListener = inherit().unwrap();
            let _as_it_is: TcpListener = inherit().unwrap();
        });
    });
    let Some(calls) = calls else { return };
    let changes: Vec<_> = calls.iter().filter(|call| call.contains("F_SETFL") || call.contains("FIONBIO")).collect();
    let [to_blocking, to_nonblocking] = changes[..] else { panic!("{changes:#?}") };
    assert!(!to_blocking.contains("O_NONBLOCK") && to_nonblocking.contains("O_NONBLOCK"), "{changes:#?}");
}

/// A server that was started without `timeout` waits, whatever the one before it had set.
#[test]
fn a_timeout_of_an_earlier_owner_is_gone() {
    let given = |it: &mut Given| {
        let (listener, socket) = (tcp(), udp());
        for socket in [SockRef::from(&listener), SockRef::from(&socket)] {
            socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
            socket.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
        }
        it.descriptor(listener).descriptor(socket);
    };
    Child::service().given(given).run(|| {
        let (listener, socket): (TcpListener, UdpSocket) = (inherit().unwrap(), inherit().unwrap());
        for socket in [SockRef::from(&listener), SockRef::from(&socket)] {
            assert_eq!((socket.read_timeout().unwrap(), socket.write_timeout().unwrap()), (None, None));
        }
    });
}
