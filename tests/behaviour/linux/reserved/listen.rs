//! `listen`: a server of this process, any number of times.

use std::io;
use std::net::TcpListener;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use port_runtime::{Error, ErrorKind, PortRequest, ReservedPort};
use socket2::SockRef;
use test_support::forks;

use super::{HOSTS, assert_in_use, leave_in_time_wait, reachable, reserve};
use crate::support::sockets::{connect, plain};
use crate::support::{assert_error, port_on};

/// Those that want to listen at the same time.
const THREADS: usize = 8;

#[test]
fn is_on_the_address_that_was_asked_for() {
    for &host in HOSTS {
        let reserved: ReservedPort = PortRequest::new().host(host).bind().unwrap();
        let listener = reserved.listen().unwrap();
        assert_eq!(listener.local_addr().unwrap(), reserved.addr());
        assert_eq!(port_on(&host.to_string(), listener.local_addr()), reserved.port());
        let client = connect(reachable(host, reserved.port()));
        assert_eq!(listener.accept().unwrap().1, client.local_addr().unwrap());
        assert!(SockRef::from(&listener).reuse_address().unwrap());
    }
}

#[test]
fn again_and_again_with_connections_in_time_wait() {
    let _no_forks = forks::none();
    for &host in HOSTS {
        let reserved: ReservedPort = PortRequest::new().host(host).bind().unwrap();
        for _ in 0..20 {
            leave_in_time_wait(reserved.listen().unwrap());
            assert_in_use(plain(socket2::Type::STREAM, reserved.addr()));
        }
    }
}

#[test]
fn again_beside_connections_that_live_on() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let kept: Vec<_> = (0..5)
        .map(|_| {
            let listener = reserved.listen().unwrap();
            (connect(reserved.addr()), listener.accept().unwrap())
        })
        .collect();
    assert_eq!(kept.len(), 5);
}

#[test]
fn twice_at_a_time_is_refused() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let first = reserved.listen().unwrap();
    let message = format!(
        "cannot listen on {}: Address already in use (os error 98); somebody listens there already, or is about to",
        reserved.addr()
    );
    for _ in 0..3 {
        assert_error(reserved.listen(), ErrorKind::PortInUse, &message);
    }
    assert_eq!(io::Error::from(reserved.listen().unwrap_err()).kind(), io::ErrorKind::AddrInUse);
    // Neither the first listener nor the hold has suffered.
    connect(reserved.addr());
    first.accept().unwrap();
    drop(first);
    assert_in_use(plain(socket2::Type::STREAM, reserved.addr()));
    reserved.listen().unwrap();
    reserved.wait_until_listening(Duration::ZERO).expect_err("nobody listens any more");
}

#[test]
fn beside_a_server_on_the_wildcard_is_refused() {
    let _no_forks = forks::none();
    for &host in HOSTS {
        let reserved = reserve();
        let other = TcpListener::bind((host, reserved.port())).unwrap();
        let result = reserved.listen().map_err(|error| error.kind());
        // Only who is on the other family alone is not in the way.
        if host == super::LOOPBACK_6 {
            result.unwrap();
        } else {
            assert_eq!(result.unwrap_err(), ErrorKind::PortInUse, "{host}");
        }
        drop(other);
    }
}

#[test]
fn has_the_timeout_of_the_request() {
    let _no_forks = forks::none();
    let short = Duration::from_millis(30);
    let reserved: ReservedPort = PortRequest::new().timeout(short).bind().unwrap();
    for _ in 0..2 {
        let listener = reserved.listen().unwrap();
        assert_eq!(SockRef::from(&listener).read_timeout().unwrap().map(|timeout| timeout >= short), Some(true));
        assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
    let listener = reserve().listen().unwrap();
    assert_eq!(SockRef::from(&listener).read_timeout().unwrap(), None);
}

#[test]
fn has_the_backlog_of_the_request() {
    let reserved: ReservedPort = PortRequest::new().backlog(1).bind().unwrap();
    let listener = reserved.listen().unwrap();
    // Linux keeps one more than the backlog, and drops what else comes.
    let _clients = [connect(reserved.addr()), connect(reserved.addr())];
    let error = std::net::TcpStream::connect_timeout(&reserved.addr(), Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    drop(listener);
}

#[test]
fn from_several_threads_only_one_at_a_time_succeeds() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let (together, listening) = (Barrier::new(THREADS), AtomicUsize::new(0));
    let all: Vec<Result<(), Error>> = thread::scope(|scope| {
        let one = || {
            together.wait();
            let results = (0..200).map(|_| {
                let listener = reserved.listen()?;
                assert_eq!(listening.fetch_add(1, Ordering::SeqCst), 0, "somebody else listens");
                assert_eq!(listener.local_addr().unwrap(), reserved.addr());
                thread::yield_now();
                listening.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            });
            results.collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(one)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().any(Result::is_ok));
    for error in all.iter().filter_map(|result| result.as_ref().err()) {
        assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
    }
    reserved.listen().unwrap();
    reserved.wait_until_listening(Duration::ZERO).expect_err("nobody listens any more");
}
