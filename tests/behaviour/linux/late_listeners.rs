//! Somebody who is bound and about to listen: uvicorn binds, prints its URL, imports the application and then listens. The
//! kernel would let us take the number with `SO_REUSEADDR`, and the other's `listen` would fail.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, thread};

use port_runtime::{DualStack, Error, ErrorKind, FromFreePort, Order, PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};
use test_support::forks;

use super::holds_and_time_wait::leave_in_time_wait;
use crate::support::Child;
use crate::support::block::Block;
use crate::support::sockets::connect;

/// As asyncio, uvicorn and most servers bind: with `SO_REUSEADDR` from the beginning.
pub(super) struct LateListener(Socket);

impl LateListener {
    pub(super) fn bind(address: SocketAddr, only_v6: bool) -> Self {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        if address.is_ipv6() {
            socket.set_only_v6(only_v6).unwrap();
        }
        socket.set_reuse_address(true).unwrap();
        socket.bind(&address.into()).unwrap_or_else(|error| panic!("{address}: {error}"));
        Self(socket)
    }

    /// Nobody took the number meanwhile.
    #[track_caller]
    pub(super) fn listens(self) {
        self.0.listen(8).expect("nobody else listens");
    }
}

/// One of the 15 numbers of a block, in front of which an earlier server may have been.
pub(super) fn number(block: &Block, after_another_server: bool) -> u16 {
    let port = block.port(1);
    if after_another_server {
        leave_in_time_wait(block.listener(1));
    }
    port
}

/// Each way to ask for a number that is in use, and to be content with no other.
pub(super) fn insisting(port: u16) -> [(&'static str, PortRequest); 6] {
    let request = PortRequest::new();
    [
        ("range", request.clone().range(port..=port)),
        ("list", request.clone().range([port])),
        ("random", request.clone().range(port..=port).order(Order::random())),
        ("stable", request.clone().range(port..=port).order(Order::stable("key"))),
        ("prefer", request.clone().prefer(port).range(port..=port)),
        ("port", request.port(port)),
    ]
}

pub(super) fn is_in_use<T>(result: Result<T, Error>) -> bool {
    match result {
        Ok(_) => false,
        Err(error) if matches!(error.kind(), ErrorKind::PortInUse | ErrorKind::NoFreePort) => true,
        Err(error) => panic!("another reason: {error}"),
    }
}

/// What they are bound to, what is wanted, and whether the two have an address in common.
const NEIGHBOURS: [(&str, bool, &str, bool); 16] = [
    ("127.0.0.1", false, "127.0.0.1", true),
    ("127.0.0.1", false, "0.0.0.0", true),
    ("127.0.0.5", false, "0.0.0.0", true),
    ("127.0.0.5", false, "127.0.0.1", false),
    ("127.0.0.1", false, "::", true),
    ("127.0.0.1", false, "::1", false),
    ("::ffff:127.0.0.1", false, "127.0.0.1", true),
    ("::ffff:127.0.0.1", false, "::1", false),
    ("::1", false, "::1", true),
    ("::1", false, "::", true),
    ("::1", false, "127.0.0.1", false),
    ("::", true, "::1", true),
    ("::", true, "127.0.0.1", false),
    ("0.0.0.0", false, "127.0.0.1", true),
    ("0.0.0.0", false, "0.0.0.0", true),
    ("0.0.0.0", false, "::1", false),
];

#[cfg_attr(not(all(has_sock_diag, has_ipv6)), ignore = "needs Linux 6.8, which tells who is bound, and IPv6")]
#[test]
fn are_not_robbed() {
    for after_another_server in [false, true] {
        for (holder, only_v6, wanted, in_the_way) in NEIGHBOURS {
            let block = Block::new();
            let port = number(&block, after_another_server);
            let late = LateListener::bind(SocketAddr::new(holder.parse().unwrap(), port), only_v6);
            for (way, request) in insisting(port) {
                let result = request.host(wanted).bind::<TcpListener>();
                let context = format!("{way} on {wanted}, {holder} is taken, {after_another_server}");
                assert_eq!(is_in_use(result), in_the_way, "{context}");
            }
            late.listens();
        }
    }
}

#[cfg_attr(not(all(has_sock_diag, has_ipv6)), ignore = "needs Linux 6.8, which tells who is bound, and IPv6")]
#[test]
fn are_not_robbed_by_any_type() {
    fn assert_not_robbed<T: FromFreePort>(holder: &str) {
        let block = Block::new();
        let port = number(&block, true);
        let late = LateListener::bind(SocketAddr::new(holder.parse().unwrap(), port), true);
        for (way, request) in insisting(port) {
            if way != "port" || size_of::<T>() != size_of::<[TcpListener; 2]>() {
                assert!(is_in_use(request.bind::<T>()), "{way} of {}", std::any::type_name::<T>());
            }
        }
        late.listens();
    }

    assert_not_robbed::<TcpListener>("127.0.0.1");
    assert_not_robbed::<(TcpListener, UdpSocket)>("127.0.0.1");
    assert_not_robbed::<(UdpSocket, TcpListener)>("127.0.0.1");
    assert_not_robbed::<DualStack<TcpListener>>("127.0.0.1");
    assert_not_robbed::<DualStack<TcpListener>>("::1");
    assert_not_robbed::<DualStack<(UdpSocket, TcpListener)>>("::1");
    assert_not_robbed::<[TcpListener; 2]>("127.0.0.1");
    assert_not_robbed::<ReservedPort>("127.0.0.1");
    assert_not_robbed::<async_io::Async<TcpListener>>("127.0.0.1");
}

/// What is in the way may be a reservation, under which a child is meant to listen: then it gets the number that it was
/// told. Nobody else does.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn who_is_told_a_reserved_number_gets_it_and_nobody_else() {
    let reserved: ReservedPort = PortRequest::new().range(20_000..30_000).order(Order::random()).bind().unwrap();
    for (way, request) in insisting(reserved.port()) {
        assert_eq!(is_in_use(request.bind::<TcpListener>()), way != "port", "{way}");
    }
    // A late listener beside the reservation is robbed by nobody.
    let late = LateListener::bind(reserved.addr(), false);
    for (way, request) in insisting(reserved.port()) {
        assert!(is_in_use(request.bind::<TcpListener>()), "{way}");
    }
    late.listens();
}

#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn are_not_robbed_by_a_variable() {
    let block = Block::for_processes();
    // The last is as that of `uvicorn --host 0.0.0.0`.
    for (address, after_another_server) in [([127, 0, 0, 1], false), ([127, 0, 0, 1], true), ([0; 4], true)] {
        let late = {
            let _none = forks::none();
            LateListener::bind((address, number(&block, after_another_server)).into(), false)
        };
        for value in [block.port(1).to_string(), format!("0.0.0.0:{}", block.port(1))] {
            Child::new().given(|it| _ = it.variable("PORT", &value)).run(|| {
                let error = PortRequest::new().env("PORT").bind::<TcpListener>().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
                assert!(error.to_string().ends_with(&format!("; PORT is `{}`", env::var("PORT").unwrap())), "{error}");
            });
        }
        late.listens();
    }
}

/// The probe of earlier days was bound to the loopback of the other family.
#[cfg_attr(not(all(has_sock_diag, has_ipv6)), ignore = "needs Linux 6.8, which tells who is bound, and IPv6")]
#[test]
fn others_are_not_disturbed() {
    let block = Block::new();
    let port = block.port(1);
    leave_in_time_wait(TcpListener::bind(("::1", port)).unwrap());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                PortRequest::new().host("::1").port(port).bind::<TcpListener>().unwrap();
            }
        });
        let failed = (0..3000).filter(|_| TcpListener::bind(("0.0.0.0", port)).is_err()).count();
        over.store(true, Ordering::Relaxed);
        assert_eq!(failed, 0, "somebody else's bind of another address failed");
    });
}

/// A browser keeps its connection open, and the old worker is still draining.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn a_server_comes_up_beside_connections_of_its_predecessor() {
    let block = Block::new();
    let port = block.port(1);
    let server: TcpListener = PortRequest::new().prefer(port).bind().unwrap();
    let browser = connect(server.local_addr().unwrap());
    let (worker, _) = server.accept().unwrap();
    drop(server);
    for (way, request) in insisting(port) {
        let listener = request.bind::<TcpListener>().unwrap_or_else(|error| panic!("{way}: {error}"));
        connect(listener.local_addr().unwrap());
    }
    // Half closed, from either side.
    browser.shutdown(std::net::Shutdown::Write).unwrap();
    PortRequest::new().port(port).bind::<TcpListener>().unwrap();
    drop(worker);
    PortRequest::new().port(port).bind::<TcpListener>().unwrap();
    drop(browser);
    PortRequest::new().port(port).bind::<TcpListener>().unwrap();
}
