//! The lowest free port of a range.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use port_runtime::{ErrorKind, PortRequest, Ports};

use crate::support::{Block, assert_error, port_on};

/// The listener's port in the range.
fn tcp(range: impl Into<Ports>) -> u16 {
    let listener: TcpListener = PortRequest::new().range(range).bind().expect("the range has a free port");
    port_on("127.0.0.1", listener.local_addr())
}

#[test]
fn is_taken_in_order_past_busy_ports() {
    let block = Block::new();
    let _busy = [1, 2, 4].map(|index| block.listener(index));
    let request = PortRequest::new().range(block.port(1)..block.port(7));
    let found: Vec<TcpListener> = (0..3).map(|_| request.bind().unwrap()).collect();
    let ports: Vec<_> = found.iter().map(|listener| port_on("127.0.0.1", listener.local_addr())).collect();
    assert_eq!(ports, [3, 5, 6].map(|index| block.port(index)));
}

#[test]
fn starts_with_its_first_port_and_ends_before_its_end() {
    let block = Block::new();
    let [first, end] = [1, 2].map(|index| block.port(index));
    assert_eq!(tcp(first..end), first);
    assert_eq!(tcp(first..=first), first);
    let _busy = block.listener(1);
    assert_eq!(tcp(first..=end), end);
    let nothing_left = PortRequest::new().range(first..end).bind::<TcpListener>();
    assert_eq!(nothing_left.unwrap_err().kind(), ErrorKind::NoFreePort);
}

#[test]
fn what_is_busy_elsewhere_is_free_here() {
    let block = Block::new();
    let _udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    assert_eq!(tcp(block.port(1)..=block.port(2)), block.port(1));
    // The other systems have one loopback address.
    if cfg!(target_os = "linux") {
        let _other_address = TcpListener::bind(("127.0.0.2", block.port(1))).unwrap();
        assert_eq!(tcp(block.port(1)..=block.port(2)), block.port(1));
    }
}

/// On Windows it is refused as not permitted, see `SO_EXCLUSIVEADDRUSE`.
#[test]
fn what_is_ours_on_every_address_is_passed_over() {
    let block = Block::new();
    let everywhere = PortRequest::new().host("0.0.0.0").range(block.port(1)..=block.port(1));
    let _busy: TcpListener = everywhere.bind().unwrap();
    assert_eq!(tcp(block.port(1)..=block.port(2)), block.port(2));
    let listener: TcpListener = PortRequest::new().prefer(block.port(1)).bind().unwrap();
    assert_ne!(port_on("127.0.0.1", listener.local_addr()), block.port(1));
}

#[test]
fn a_full_range_is_an_error_and_never_the_kernels_choice() {
    let block = Block::new();
    let _busy = [1, 2, 3].map(|index| block.listener(index));
    let (first, last) = (block.port(1), block.port(3));
    let request = PortRequest::new().range(first..=last);
    let message = format!("no free port on 127.0.0.1 in {first}..={last}: all 3 are in use");
    assert_error(request.bind::<TcpListener>(), ErrorKind::NoFreePort, &message);
    let half_open = PortRequest::new().range(first..last + 1);
    assert_error(half_open.bind::<TcpListener>(), ErrorKind::NoFreePort, &message);
}

#[test]
fn holds_for_udp() {
    let block = Block::new();
    let _busy = UdpSocket::bind((Ipv4Addr::LOCALHOST, block.port(1))).unwrap();
    let _tcp = block.listener(2);
    let request = PortRequest::new().range(block.port(1)..=block.port(2));
    let socket: UdpSocket = request.bind().unwrap();
    assert_eq!(port_on("127.0.0.1", socket.local_addr()), block.port(2));
    let message = format!("no free port on 127.0.0.1 in {}..={}: all 2 are in use", block.port(1), block.port(2));
    assert_error(request.bind::<UdpSocket>(), ErrorKind::NoFreePort, &message);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn holds_for_ipv6() {
    let block = Block::new();
    let _busy = TcpListener::bind(("::1", block.port(1))).unwrap();
    let request = PortRequest::new().host("::1").range(block.port(1)..=block.port(2));
    let listener: TcpListener = request.bind().unwrap();
    assert_eq!(port_on("::1", listener.local_addr()), block.port(2));
    let message = format!("no free port on ::1 in {}..={}: all 2 are in use", block.port(1), block.port(2));
    assert_error(request.bind::<TcpListener>(), ErrorKind::NoFreePort, &message);
}

#[test]
fn may_lie_at_the_top() {
    let listener: TcpListener = PortRequest::new().range(65530..=65535).bind().unwrap();
    assert!(port_on("127.0.0.1", listener.local_addr()) >= 65530);
}

#[cfg(target_os = "linux")]
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn the_very_last_port_is_part_of_it() {
    crate::support::Child::in_namespace().run(|| {
        let request = PortRequest::new().range(65530..=65535);
        let all: [TcpListener; 6] = request.bind().unwrap();
        assert_eq!(
            all.each_ref().map(|listener| port_on("127.0.0.1", listener.local_addr())),
            [65530, 65531, 65532, 65533, 65534, 65535]
        );
        assert_error(
            request.bind::<TcpListener>(),
            ErrorKind::NoFreePort,
            "no free port on 127.0.0.1 in 65530..=65535: all 6 are in use",
        );
    });
}

#[test]
fn without_a_port_it_is_refused() {
    let refused = |range: Ports, message| {
        assert_error(PortRequest::new().range(&range).bind::<TcpListener>(), ErrorKind::InvalidRequest, message);
        assert_error(PortRequest::new().range(range).bind::<UdpSocket>(), ErrorKind::InvalidRequest, message);
    };
    let reversed = Ports::from(std::ops::Range { start: 9000, end: 8000 });
    refused(reversed, "the range 9000..8000 has no port in it; the lower number comes first");
    refused((8000..8000).into(), "the range 8000..8000 has no port in it; the lower number comes first");
    refused((0..10).into(), "the range 0..=9 starts at 0, which is no port; start at 1");
    refused((0..=0).into(), "the range 0..=0 starts at 0, which is no port; start at 1");
}

#[test]
fn that_is_reversed_is_shown_as_it_was_written() {
    let reversed = std::ops::RangeInclusive::<u16>::new(9000, 8000);
    let error = PortRequest::new().range(reversed).bind::<TcpListener>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("9000..=8000"), "{error}");
}

#[test]
fn is_the_same_however_it_was_written() {
    assert_eq!(Ports::from(8000..9000), Ports::from(8000..=8999));
    assert_eq!(Ports::from(8000..9000).to_string(), "8000..=8999");
    assert_eq!(Ports::from(8000..8001).to_string(), "8000..=8000");
    assert_ne!(Ports::from(8000..9000), Ports::from(8000..=9000));
    // These have no port, and their messages show what was written.
    for (empty, shown) in [(0..0, "0..0"), (8000..8000, "8000..8000")] {
        assert_eq!(Ports::from(empty).to_string(), shown);
    }
}
