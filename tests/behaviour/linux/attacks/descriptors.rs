//! Descriptors that run out in the middle of each step: it is said what is wrong, nobody is robbed, and nothing is left.
#![allow(unsafe_code, reason = "the limit of descriptors")]

use std::net::{TcpListener, UdpSocket};
use std::os::fd::AsRawFd;
use std::{fs, io};

use port_runtime::{DualStack, ErrorKind, FromFreePort, PortRequest, ReservedPort};

use crate::linux::late_listeners::{LateListener, insisting, number};
use crate::support::child::open_descriptors;
use crate::support::{Block, Child};

/// Leaves this process so many descriptors to open.
fn leave(count: libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a structure of the right type.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    // All below the next one that would be given are open.
    let next = fs::File::open("/dev/null").unwrap().as_raw_fd();
    limit.rlim_cur = libc::rlim_t::try_from(next).unwrap() + count;
    // SAFETY: as above.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0, "{}", io::Error::last_os_error());
}

/// Lifts the limit.
fn leave_many() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a structure of the right type.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max.min(1024);
    // SAFETY: as above.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
}

/// With no descriptor, with one, and so on, until it succeeds.
fn until_it_succeeds<T: FromFreePort>(name: &str, request: &PortRequest) {
    let before = open_descriptors();
    for count in 0..20 {
        leave(count);
        let result = request.bind::<T>();
        leave_many();
        match result {
            Ok(_) => {
                assert!(count > 0, "{name}: without a descriptor");
                return;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::TooManyOpenFiles, "{name} with {count}: {error}"),
        }
        assert_eq!(open_descriptors(), before, "{name} with {count}");
    }
    panic!("{name} does not succeed with 20 descriptors");
}

#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn a_lack_is_called_one_at_each_step() {
    Child::new().run(|| {
        let plain = PortRequest::new();
        until_it_succeeds::<ReservedPort>("the first hold, with its look at the address", &plain);
        until_it_succeeds::<ReservedPort>("a hold", &plain);
        until_it_succeeds::<TcpListener>("a listener", &plain);
        until_it_succeeds::<UdpSocket>("a UDP socket", &plain);
        until_it_succeeds::<(TcpListener, UdpSocket)>("a tuple", &plain);
        until_it_succeeds::<[(TcpListener, UdpSocket); 2]>("tuples", &plain);
        if cfg!(has_ipv6) {
            until_it_succeeds::<DualStack<TcpListener>>("both families", &plain);
            until_it_succeeds::<DualStack<(UdpSocket, TcpListener)>>("tuples of both families", &plain);
        }
        let block = Block::new();
        let port = number(&block, true);
        let busy = block.listener(2);
        let past = PortRequest::new().range(port..=block.port(2));
        until_it_succeeds::<TcpListener>("the second look at a range", &past);
        until_it_succeeds::<(UdpSocket, TcpListener)>("the second look of a tuple", &past);
        for (way, request) in insisting(port) {
            until_it_succeeds::<TcpListener>(way, &request);
        }
        drop(busy);
    });
}

/// The kernel cannot be asked without a descriptor: that is no answer, and no permission.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn nobody_is_robbed_for_want_of_one() {
    Child::new().run(|| {
        for after_another_server in [false, true] {
            let block = Block::new();
            let port = number(&block, after_another_server);
            let late = LateListener::bind(([127, 0, 0, 1], port).into(), false);
            for (way, request) in insisting(port) {
                for count in 0..10 {
                    leave(count);
                    let result = request.bind::<TcpListener>();
                    leave_many();
                    let error = result.expect_err(way);
                    let kinds = [ErrorKind::TooManyOpenFiles, ErrorKind::PortInUse, ErrorKind::NoFreePort];
                    assert!(kinds.contains(&error.kind()), "{way} with {count}: {error}");
                }
            }
            late.listens();
        }
    });
}
