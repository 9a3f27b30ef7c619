//! What a reservation costs: all system calls are counted, not only those that are expected.

use port_runtime::{ErrorKind, PortRequest, ReservedPort};

use super::reserve;
use crate::support::child::open_descriptors;
use crate::support::trace::{Traced, names, watch};
use crate::support::{Block, Child};

/// The fourth asks for the network namespace.
const NAMES: [&str; 6] = ["socket", "setsockopt", "bind", "getsockopt", "setsockopt", "getsockname"];

/// Std's debug builds make sure that a descriptor is open before they close it.
fn optimized(calls: &[String]) -> Vec<&str> {
    names(calls).into_iter().filter(|&name| name != "fcntl").collect()
}

#[cfg_attr(not(all(has_strace, has_ipv6)), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_the_second_reservation_are_six() {
    let calls = Traced::new(Child::new()).run(|| {
        let _first = reserve();
        let _second = watch(reserve);
    });
    let Some(calls) = calls else { return };
    assert_eq!(names(&calls), NAMES, "{calls:#?}");
    assert!(calls[0].contains("AF_INET6, SOCK_STREAM|SOCK_CLOEXEC"), "{calls:#?}");
    assert!(calls[1].contains("IPV6_V6ONLY, [0]"), "{calls:#?}");
    assert!(calls[2].contains("htons(0)") && calls[2].contains(r#""::""#), "{calls:#?}");
    assert!(calls[3].contains("SO_NETNS_COOKIE"), "{calls:#?}");
    assert!(calls[4].contains("SO_REUSEADDR, [1]"), "{calls:#?}");
}

#[cfg_attr(not(all(has_strace, has_ipv6)), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_the_first_are_those_of_a_look_at_the_loopback_too() {
    let calls = Traced::new(Child::new()).run(|| {
        let _reserved = watch(reserve);
    });
    let Some(calls) = calls else { return };
    // Nobody can share the number before the address is known to be one of this machine.
    let look = ["socket", "getsockname", "bind", "close"];
    let expected: Vec<_> = [&NAMES[..4], &look, &NAMES[4..]].concat();
    assert_eq!(optimized(&calls), expected, "{calls:#?}");
    assert!(calls[6].contains(r#"inet_addr("127.0.0.1")"#) && calls[6].contains("EADDRINUSE"), "{calls:#?}");
}

#[cfg_attr(not(all(has_strace, has_ipv6)), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_a_range_are_one_bind_more_per_busy_port() {
    let calls = Traced::new(Child::new()).run(|| {
        let _first = reserve();
        let block = Block::new();
        let _busy: Vec<_> = (1..=10).map(|index| block.listener(index)).collect();
        let request = PortRequest::new().range(block.port(1)..=block.port(15));
        let reserved: ReservedPort = watch(|| request.bind()).unwrap();
        assert_eq!(reserved.port(), block.port(11));
    });
    let Some(calls) = calls else { return };
    let expected: Vec<_> = NAMES[..2].iter().copied().chain(["bind"; 10]).chain(NAMES[2..].iter().copied()).collect();
    assert_eq!(names(&calls), expected, "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_listening_ask_who_else_is_there_and_have_the_backlog_of_the_request() {
    let calls = Traced::new(Child::new()).run(|| {
        let reserved: ReservedPort = PortRequest::new().backlog(7).bind().unwrap();
        let _listener = watch(|| reserved.listen()).unwrap();
    });
    let Some(calls) = calls else { return };
    let names = names(&calls);
    assert_eq!(names[..4], ["socket", "bind", "setsockopt", "bind"], "{calls:#?}");
    assert!(calls[2].contains("SO_REUSEADDR, [1]"), "{calls:#?}");
    // One question for each family, and nothing else that is bound.
    assert_eq!(names.iter().filter(|&&name| name == "sendto").count(), 2, "{calls:#?}");
    assert_eq!(names.iter().filter(|&&name| name == "bind").count(), 2, "{calls:#?}");
    assert!(calls.last().unwrap().starts_with("listen(") && calls.last().unwrap().contains(", 7)"), "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_a_look_for_a_listener_are_no_connection_and_no_bind() {
    let calls = Traced::new(Child::new()).run(|| {
        let reserved = reserve();
        let _listener = reserved.listen().unwrap();
        watch(|| reserved.wait_until_listening(test_support::PLENTY)).unwrap();
    });
    let Some(calls) = calls else { return };
    assert!(calls[0].contains("NETLINK_SOCK_DIAG"), "{calls:#?}");
    assert!(names(&calls).iter().all(|name| !["connect", "bind", "listen"].contains(name)), "{calls:#?}");
}

/// Reserving fails, says why, and leaves no descriptor open.
fn assert_fails(reason: &str) {
    let before = open_descriptors();
    let error = watch(|| PortRequest::new().bind::<ReservedPort>()).expect_err("strace lets it fail");
    assert_eq!(error.kind(), ErrorKind::System, "{error}");
    assert!(error.to_string().contains(reason), "{error}");
    assert_eq!(open_descriptors(), before, "{error}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn may_fail_before_the_bind() {
    Traced::injecting("setsockopt:error=ENOMEM:when=1").run(|| assert_fails("Cannot allocate memory"));
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn may_fail_after_the_bind() {
    Traced::injecting("setsockopt:error=ENOMEM:when=2").run(|| assert_fails("Cannot allocate memory"));
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn may_fail_when_the_number_is_read() {
    Traced::injecting("getsockname:error=ENOBUFS").run(|| assert_fails("No buffer space available"));
}
