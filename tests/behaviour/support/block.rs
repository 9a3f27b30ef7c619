use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::process;
use std::sync::RwLockReadGuard;
use std::sync::atomic::{AtomicU16, Ordering};

use socket2::{Socket, Type};
use test_support::forks;

use super::sockets::plain;

const SIZE: u16 = 16;
const FIRST: u16 = 20_000;
const BLOCKS: u16 = 600;

/// Consecutive ports that nobody else uses while this lives.
///
/// They are below the ports from which kernels choose. The lowest is bound and so keeps tests that run at the same time,
/// in whatever process, from taking the same block; the others are found to be free. One per test, see [`forks`].
pub(crate) struct Block {
    first: u16,
    _guard: Socket,
    _no_forks: Option<RwLockReadGuard<'static, ()>>,
}

impl Block {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(0);

        let no_forks = forks::none();
        let spread = (process::id() % u32::from(BLOCKS)).try_into().unwrap_or(0_u16) * 7;
        for _ in 0..BLOCKS {
            let index = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(spread) % BLOCKS;
            let first = FIRST + index * SIZE;
            if let Ok(guard) = plain(Type::STREAM, (Ipv4Addr::LOCALHOST, first)) {
                if (first + 1..first + SIZE).all(is_free) {
                    return Self { first, _guard: guard, _no_forks: Some(no_forks) };
                }
            }
        }
        panic!("no {SIZE} consecutive free ports in {BLOCKS} blocks from {FIRST}");
    }

    /// One whose ports are for other processes, which may be started meanwhile.
    pub(crate) fn for_processes() -> Self {
        Self { _no_forks: None, ..Self::new() }
    }

    /// One of the ports 1 to 15 of the block.
    pub(crate) fn port(&self, index: u16) -> u16 {
        assert!((1..SIZE).contains(&index));
        self.first + index
    }

    /// A listener as the standard library makes it.
    pub(crate) fn listener(&self, index: u16) -> TcpListener {
        TcpListener::bind((Ipv4Addr::LOCALHOST, self.port(index))).expect("the ports of a block are free")
    }
}

fn is_free(port: u16) -> bool {
    let free_on = |address: SocketAddr| [Type::STREAM, Type::DGRAM].iter().all(|&kind| plain(kind, address).is_ok());
    free_on((Ipv4Addr::UNSPECIFIED, port).into()) && (!cfg!(has_ipv6) || free_on((Ipv6Addr::UNSPECIFIED, port).into()))
}
