//! Until somebody listens, and afterwards, clients are refused.

use std::io::ErrorKind::ConnectionRefused;
use std::net::{IpAddr, TcpListener, TcpStream};

use test_support::eventually;

use super::{HOSTS, LOOPBACK, LOOPBACK_6, reachable, reserve};
use crate::support::sockets::connect;

#[track_caller]
fn assert_refused_a_thousand_times(host: IpAddr) {
    let reserved = reserve();
    for attempt in 0..1000 {
        let error = TcpStream::connect((host, reserved.port())).expect_err("nobody listens");
        assert_eq!(error.kind(), ConnectionRefused, "attempt {attempt}: {error}");
    }
}

#[test]
fn a_thousand_times_on_ipv4() {
    assert_refused_a_thousand_times(LOOPBACK);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_thousand_times_on_ipv6() {
    assert_refused_a_thousand_times(LOOPBACK_6);
}

#[test]
fn a_thousand_times_with_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let reserved = reserve();
    runtime.block_on(async {
        for _ in 0..1000 {
            let error = tokio::net::TcpStream::connect(reserved.addr()).await.expect_err("nobody listens");
            assert_eq!(error.kind(), ConnectionRefused);
        }
    });
}

/// A listener that is closed accepts for a moment longer where another thread of this process is starting a program: a
/// copy of it lives in the child until that is loaded.
#[test]
fn again_when_a_listener_is_dropped() {
    for &host in HOSTS {
        let reserved = reserve();
        let address = reachable(host, reserved.port());
        for _ in 0..10 {
            let listener = TcpListener::bind((host, reserved.port())).unwrap();
            connect(address);
            drop(listener);
            eventually("refusal", || TcpStream::connect(address).is_err_and(|error| error.kind() == ConnectionRefused));
        }
    }
}

/// What it is good for: retries are tested on a port that is closed for as long as the test wants.
#[test]
fn so_that_retries_can_be_tested() {
    let reserved = reserve();
    let mut listener = None;
    let mut refusals = 0;
    let client = (0..5).find_map(|attempt| {
        if attempt == 3 {
            listener = Some(reserved.listen().unwrap());
        }
        TcpStream::connect(reserved.addr()).inspect_err(|_| refusals += 1).ok()
    });
    assert_eq!(refusals, 3);
    let (_, peer) = listener.unwrap().accept().unwrap();
    assert_eq!(peer, client.unwrap().local_addr().unwrap());
}
