//! `except` beside the other sources of a number.

use std::net::TcpListener;

use port_runtime::{Bound, ErrorKind, PortRequest, Ports};

use crate::support::{Block, assert_error};

/// 0 is no port but a question, and nobody can forbid to ask it.
#[test]
fn leaves_the_choice_to_the_kernel() {
    let below_1024 = PortRequest::new().except(0..1024);
    for request in [below_1024.clone(), below_1024.clone().port(0)] {
        assert!(request.bind::<TcpListener>().unwrap().port() >= 1024);
    }
    let error = below_1024.port(80).bind::<TcpListener>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn of_everything_is_an_error() {
    let all = || PortRequest::new().except(1..=u16::MAX);
    let chosen = "no free port on 127.0.0.1: all that the system chose are excepted (1..=65535)";
    assert_error(all().bind::<TcpListener>(), ErrorKind::NoFreePort, chosen);
    assert_error(all().prefer(8080).bind::<TcpListener>(), ErrorKind::NoFreePort, chosen);
    assert_error(all().port(0).bind::<TcpListener>(), ErrorKind::NoFreePort, chosen);
    assert_error(
        all().range(8000..9000).bind::<TcpListener>(),
        ErrorKind::NoFreePort,
        "no free port on 127.0.0.1 in 8000..=8999: `except` leaves none of it",
    );
    assert_error(
        all().port(8080).bind::<TcpListener>(),
        ErrorKind::InvalidRequest,
        "port 8080 was asked for, and `except` forbids it",
    );
}

/// Who counts the busy ones has to say that there were others.
#[test]
fn is_named_where_the_rest_of_a_range_is_in_use() {
    let block = Block::new();
    let _busy = [block.listener(1), block.listener(2)];
    let (first, last) = (block.port(1), block.port(9));
    let request = PortRequest::new().range(first..=last).except(block.port(3)..=last);
    assert_error(
        request.bind::<TcpListener>(),
        ErrorKind::NoFreePort,
        &format!("no free port on 127.0.0.1 in {first}..={last}: all 2 that `except` leaves are in use"),
    );
    let request = PortRequest::new().range(first..=last).except(block.port(2)..=last);
    assert_error(
        request.bind::<TcpListener>(),
        ErrorKind::NoFreePort,
        &format!("no free port on 127.0.0.1 in {first}..={last}: the only one that `except` leaves is in use"),
    );
}

#[test]
fn holds_for_each_member_of_an_array() {
    let block = Block::new();
    let request = PortRequest::new()
        .prefer(block.port(1))
        .range(block.port(1)..=block.port(6))
        .except([block.port(1), block.port(3)])
        .except(Ports::from([block.port(5)]));
    let listeners: [TcpListener; 3] = request.bind().unwrap();
    assert_eq!(listeners.map(|it| it.port()), [block.port(2), block.port(4), block.port(6)]);
    assert!(request.bind::<[TcpListener; 4]>().is_err());
}
