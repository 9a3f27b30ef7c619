//! Rivals with all the time in the world between two of our system calls.

use std::net::{Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use port_runtime::{Bound, DualStack, FromFreePort, PortRequest};
use socket2::{Domain, Socket, Type};

use crate::support::Block;
use crate::support::trace::{Traced, watch};

/// Binds as servers do, and keeps what it gets.
fn bind(address: SocketAddr) -> Option<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).ok()?;
    socket.set_reuse_address(true).ok()?;
    if address.is_ipv6() {
        socket.set_only_v6(false).ok()?;
    }
    socket.bind(&address.into()).ok()?;
    Some(socket)
}

/// Somebody else wants the first number of a block while we take it: he may be first, but then we have another.
/// Returns how often that was so, with somebody else who has tried.
fn assert_not_shared<T: FromFreePort>(port_of: impl Fn(&T) -> u16) -> usize {
    let block = Block::new();
    let port = block.port(1);
    let mut ours_was_first = 0;
    for rival in [SocketAddr::from(([127, 0, 0, 1], port)), ([0; 4], port).into(), (Ipv6Addr::UNSPECIFIED, port).into()]
    {
        let (begin, over, tries) = (Barrier::new(2), AtomicBool::new(false), AtomicU32::new(0));
        thread::scope(|scope| {
            let rival = scope.spawn(|| {
                begin.wait();
                while !over.load(Ordering::Relaxed) {
                    tries.fetch_add(1, Ordering::Relaxed);
                    let socket = bind(rival);
                    if socket.is_some() {
                        return socket;
                    }
                    // Strace writes each try down.
                    thread::sleep(Duration::from_millis(1));
                }
                None
            });
            begin.wait();
            let ours: T = PortRequest::new().range(port..=block.port(15)).bind().unwrap();
            over.store(true, Ordering::Relaxed);
            let rival = rival.join().unwrap();
            let is_ours = port_of(&ours) == port;
            assert!(!is_ours || rival.is_none(), "{port} is bound by somebody else, too: {rival:?}");
            ours_was_first += usize::from(is_ours && tries.load(Ordering::Relaxed) > 0);
        });
    }
    ours_was_first
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn nobody_comes_between_bind_and_listen() {
    for delay in ["listen:delay_enter=20000", "bind:delay_exit=20000", "setsockopt:delay_enter=20000"] {
        Traced::injecting(delay).run(|| {
            watch(|| {
                let mut count = assert_not_shared::<TcpListener>(Bound::port);
                count += assert_not_shared::<(TcpListener, std::net::UdpSocket)>(|(tcp, _)| tcp.port());
                count += assert_not_shared::<[TcpListener; 2]>(|[first, _]| first.port());
                if cfg!(has_ipv6) {
                    count += assert_not_shared::<DualStack<TcpListener>>(|both| both.v4.port());
                }
                assert!(count > 0, "there was no race");
            });
        });
    }
}
