//! In which order a range is gone through, and what is left out of it.

use std::collections::BTreeSet;
#[cfg(target_os = "linux")]
use std::net::TcpStream;
use std::net::{TcpListener, UdpSocket};

use port_runtime::{Bound, ErrorKind, Order, PortRequest, Ports, ReservedPort};

use crate::support::{Block, assert_error};

/// Ports 1 to 10 of the block.
fn ten(block: &Block) -> PortRequest {
    PortRequest::new().range(block.port(1)..=block.port(10))
}

/// Keys that stand for this index of ten.
fn keys_for(index: u16) -> impl Iterator<Item = String> {
    // From the definition: FNV-1a, 64 bits.
    let hash = |key: &str| {
        key.bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    (0..1000).map(|n| format!("/home/me/project-{n}")).filter(move |key| hash(key) % 10 == u64::from(index))
}

fn key_for(index: u16) -> String {
    keys_for(index).next().unwrap()
}

#[test]
fn a_list_is_gone_through_as_it_is_written() {
    let block = Block::new();
    let [one, two, three] = [3, 1, 2].map(|index| block.port(index));
    let request = PortRequest::new().range([one, two, three]);
    let found: [TcpListener; 3] = request.bind().unwrap();
    assert_eq!(found.each_ref().map(Bound::port), [one, two, three]);
    let error = request.bind::<TcpListener>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFreePort);
    assert!(error.to_string().contains(&format!("in {one}, {two}..={three}: all 3 are in use")), "{error}");
}

#[test]
fn a_short_list_ends_in_an_error() {
    let block = Block::new();
    let (one, other) = (block.listener(1), block.listener(3));
    let error = PortRequest::new().range([one.port(), other.port()]).bind::<TcpListener>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFreePort);
}

#[test]
fn random_gives_every_port_once() {
    let block = Block::new();
    let request = ten(&block).order(Order::random());
    let found: [TcpListener; 10] = request.bind().unwrap();
    let ports: BTreeSet<u16> = found.iter().map(Bound::port).collect();
    assert_eq!(ports, (block.port(1)..=block.port(10)).collect());
    assert_eq!(request.bind::<TcpListener>().unwrap_err().kind(), ErrorKind::NoFreePort);
    drop(found);
    let first: BTreeSet<u16> = (0..100).map(|_| request.bind::<UdpSocket>().unwrap().port()).collect();
    assert!(first.len() > 5, "of ten ports only {first:?} came first in a hundred draws");
}

#[test]
fn stable_is_where_the_key_says() {
    let block = Block::new();
    for index in 0..10 {
        let request = ten(&block).order(Order::stable(key_for(index)));
        let listener: TcpListener = request.bind().unwrap();
        assert_eq!(listener.port(), block.port(1 + index));
        // The next one, and round from the last to the first.
        let next: TcpListener = request.bind().unwrap();
        assert_eq!(next.port(), block.port(1 + (index + 1) % 10));
        drop(listener);
        let reserved: ReservedPort = request.bind().unwrap();
        assert_eq!(reserved.port(), block.port(1 + index));
    }
}

/// A listener on the first port, past what an earlier one left there.
#[cfg(target_os = "linux")]
fn serve_once(request: &PortRequest) -> u16 {
    let listener: TcpListener = request.bind().unwrap();
    let client = TcpStream::connect(listener.addr()).unwrap();
    // The server closes first, so its side stays in `TIME_WAIT`.
    drop(listener.accept().unwrap());
    drop(client);
    listener.port()
}

#[cfg(target_os = "linux")]
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn stable_is_the_same_after_a_restart() {
    let block = Block::new();
    let stable = ten(&block).order(Order::stable(key_for(4)));
    for _ in 0..5 {
        assert_eq!(serve_once(&stable), block.port(5));
    }
    // A connection that is still open does not move it either: a browser keeps some.
    let listener: TcpListener = stable.bind().unwrap();
    let _browser = TcpStream::connect(listener.addr()).unwrap();
    let _worker = listener.accept().unwrap();
    drop(listener);
    assert_eq!(stable.bind::<TcpListener>().unwrap().port(), block.port(5));
}

#[cfg(target_os = "linux")]
#[test]
fn lowest_moves_on_instead() {
    let block = Block::new();
    let lowest = ten(&block);
    assert_eq!((0..3).map(|_| serve_once(&lowest)).collect::<Vec<_>>(), [1, 2, 3].map(|index| block.port(index)));
}

/// One development server for each of them, and a second start of each.
#[test]
fn three_checkouts_side_by_side_keep_their_ports() {
    let block = Block::new();
    // The second and the third collide.
    let keys = [key_for(2), key_for(6), keys_for(6).nth(1).unwrap()];
    let start = || keys.each_ref().map(|key| ten(&block).order(Order::stable(key)).bind::<TcpListener>().unwrap());
    let first = start();
    let ports = first.each_ref().map(Bound::port);
    assert_eq!(ports, [3, 7, 8].map(|index| block.port(index)));
    drop(first);
    assert_eq!(start().each_ref().map(Bound::port), ports);
}

#[test]
fn two_checkouts_that_collide_both_come_up() {
    let block = Block::new();
    let request = ten(&block).order(Order::stable(key_for(9)));
    let one: TcpListener = request.bind().unwrap();
    let other: TcpListener = request.bind().unwrap();
    assert_eq!((one.port(), other.port()), (block.port(10), block.port(1)));
}

#[test]
fn what_is_excepted_is_never_given() {
    let block = Block::new();
    let [two, four] = [2, 4].map(|index| block.port(index));
    let request = ten(&block).except([two]).except(four..=four);
    let all: [TcpListener; 8] = request.bind().unwrap();
    let ports = all.each_ref().map(Bound::port);
    assert!(!ports.contains(&two) && !ports.contains(&four), "{ports:?}");
    assert_eq!(request.bind::<TcpListener>().unwrap_err().kind(), ErrorKind::NoFreePort);
    // The others stay where they were.
    let request = ten(&block).order(Order::stable(key_for(5))).except([two]);
    drop(all);
    assert_eq!(request.bind::<TcpListener>().unwrap().port(), block.port(6));
    let request = ten(&block).order(Order::stable(key_for(1))).except([two]);
    assert_eq!(request.bind::<TcpListener>().unwrap().port(), block.port(3));
}

#[test]
fn a_mistake_in_what_is_excepted_is_one() {
    let reversed = std::ops::Range { start: 9000, end: 8000 };
    let message = "the range 9000..8000 has no port in it; the lower number comes first";
    assert_error(PortRequest::new().except(reversed).bind::<TcpListener>(), ErrorKind::InvalidRequest, message);
    // Nothing is no mistake.
    PortRequest::new().except([]).except(8000..8000).bind::<TcpListener>().unwrap();
}

#[test]
fn a_policy_from_the_environment_is_read_at_once() {
    let ports = Ports::env_or("CARGO_PKG_NAME", 20000..30000);
    let message = "the environment variable CARGO_PKG_NAME is `behaviour`: `behaviour` is no port; \
                   write `8000-8999`, `8000..9000` or `1455,1457`";
    for request in [PortRequest::new().range(&ports), PortRequest::new().except(&ports)] {
        assert_error(request.bind::<TcpListener>(), ErrorKind::EnvironmentVariable, message);
    }
}
