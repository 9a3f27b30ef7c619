//! Which system calls are made: all of them are counted, not only those that are expected.

use std::collections::HashSet;
use std::net::{TcpListener, UdpSocket};

use port_runtime::PortRequest;

use crate::linux::holds_and_time_wait::leave_in_time_wait;
use crate::linux::late_listeners::{LateListener, is_in_use, number};
use crate::support::trace::{Traced, names, watch};
use crate::support::{Block, Child};

fn count(calls: &[String], name: &str) -> usize {
    names(calls).into_iter().filter(|&call| call == name).count()
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_the_default_listener_are_four() {
    let calls = Traced::new(Child::new()).run(|| {
        watch(|| PortRequest::new().bind::<TcpListener>()).unwrap();
    });
    let Some(calls) = calls else { return };
    assert_eq!(names(&calls), ["socket", "bind", "listen", "setsockopt"], "{calls:#?}");
    assert!(calls[0].contains("SOCK_STREAM|SOCK_CLOEXEC"), "{calls:#?}");
    assert!(calls[1].contains(r#"sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")"#), "{calls:#?}");
    assert!(calls[2].contains(", 128)"), "the backlog of std: {calls:#?}");
    assert!(calls[3].contains("SO_REUSEADDR, [1]"), "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_the_default_udp_socket_are_two() {
    let calls = Traced::new(Child::new()).run(|| {
        watch(|| PortRequest::new().bind::<UdpSocket>()).unwrap();
    });
    let Some(calls) = calls else { return };
    assert_eq!(names(&calls), ["socket", "bind"], "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn backlogs_are_passed_on() {
    let calls = Traced::new(Child::new()).run(|| {
        watch(|| {
            for backlog in [7, 0, u32::MAX] {
                drop(PortRequest::new().backlog(backlog).bind::<TcpListener>().unwrap());
            }
            PortRequest::new().backlog(7).bind::<UdpSocket>().unwrap();
        });
    });
    let Some(calls) = calls else { return };
    let listens: Vec<_> = calls.iter().filter(|call| call.starts_with("listen(")).collect();
    assert_eq!(listens.len(), 3, "{listens:#?}");
    for (call, backlog) in listens.into_iter().zip([", 7)", ", 0)", ", 2147483647)"]) {
        assert!(call.contains(backlog), "{call}");
    }
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_a_range_are_one_bind_per_busy_port_and_one_more() {
    let calls = Traced::new(Child::new()).run(|| {
        let block = Block::new();
        let _busy: Vec<_> = (1..=10).map(|index| block.listener(index)).collect();
        let request = PortRequest::new().range(block.port(1)..=block.port(15));
        let listener: TcpListener = watch(|| request.bind()).unwrap();
        assert_eq!(listener.local_addr().unwrap().port(), block.port(11));
    });
    let Some(calls) = calls else { return };
    let mut expected = vec!["socket"];
    expected.extend(["bind"; 11]);
    expected.extend(["listen", "setsockopt"]);
    assert_eq!(names(&calls), expected, "{calls:#?}");
    assert_eq!(calls.iter().filter(|call| call.contains("EADDRINUSE")).count(), 10, "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_a_range_of_udp_are_as_few() {
    let calls = Traced::new(Child::new()).run(|| {
        let block = Block::new();
        let _busy: Vec<_> = (1..=5).map(|index| UdpSocket::bind(("127.0.0.1", block.port(index))).unwrap()).collect();
        let request = PortRequest::new().range(block.port(1)..=block.port(15));
        watch(|| request.bind::<UdpSocket>()).unwrap();
    });
    let Some(calls) = calls else { return };
    assert_eq!(names(&calls), ["socket", "bind", "bind", "bind", "bind", "bind", "bind"], "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_a_free_preferred_port_are_as_many_as_of_the_default() {
    let calls = Traced::new(Child::new()).run(|| {
        let block = Block::new();
        let request = PortRequest::new().prefer(block.port(1)).range(block.port(2)..block.port(9));
        watch(|| request.bind::<TcpListener>()).unwrap();
    });
    let Some(calls) = calls else { return };
    assert_eq!(names(&calls), ["socket", "bind", "listen", "setsockopt"], "{calls:#?}");
}

/// The kernel is asked who has the number when it is bound, and before it is listened on: who comes later sees us.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn past_time_wait_ask_the_kernel_before_we_listen() {
    let calls = Traced::new(Child::new()).run(|| {
        let block = Block::new();
        let request = PortRequest::new().prefer(leave_in_time_wait(block.listener(1)).port());
        watch(|| request.bind::<TcpListener>()).unwrap();
    });
    let Some(calls) = calls else { return };
    let place = |what: &str| calls.iter().position(|call| call.contains(what)).unwrap_or_else(|| panic!("{calls:#?}"));
    assert_eq!(names(&calls)[..4], ["socket", "bind", "setsockopt", "bind"], "{calls:#?}");
    assert!(calls[1].contains("EADDRINUSE") && calls[2].contains("SO_REUSEADDR, [1]"), "{calls:#?}");
    assert!(place("NETLINK_SOCK_DIAG") > 3 && place("NETLINK_SOCK_DIAG") < place("listen("), "{calls:#?}");
    // One question for each family, and one socket of ours.
    assert_eq!(count(&calls, "sendto"), 2, "{calls:#?}");
    assert_eq!(count(&calls, "socket"), 3, "{calls:#?}");
}

/// Somebody who is about to listen may be one of us, who steps back as well: both come back, at different times. Who is
/// still there after that stays.
#[cfg_attr(
    not(all(has_strace, has_sock_diag)),
    ignore = "`strace` is not installed, or may not trace, or the kernel is older than 6.8"
)]
#[test]
fn a_rival_that_stays_is_waited_for_twice_and_not_for_the_same_time() {
    const REQUESTS: usize = 6;

    let calls = Traced::new(Child::new()).run(|| {
        let block = Block::new();
        let port = number(&block, false);
        let late = LateListener::bind(([127, 0, 0, 1], port).into(), false);
        let request = PortRequest::new().port(port);
        watch(|| (0..REQUESTS).for_each(|_| assert!(is_in_use(request.bind::<TcpListener>()))));
        late.listens();
    });
    let Some(calls) = calls else { return };
    let pauses: Vec<_> = calls.iter().filter(|call| call.starts_with("clock_nanosleep")).collect();
    assert_eq!(pauses.len(), 2 * REQUESTS, "{calls:#?}");
    let times = |first: usize| pauses.iter().skip(first).step_by(2).collect::<HashSet<_>>().len();
    assert!(times(0) > 1 && times(1) > 1, "{pauses:#?}");
}

/// Where nobody is in the way, nobody is asked.
#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn of_a_plain_bind_have_no_question_to_the_kernel_among_them() {
    let calls = Traced::new(Child::new()).run(|| {
        let block = Block::new();
        let _busy = block.listener(1);
        watch(|| {
            PortRequest::new().port(block.port(2)).bind::<TcpListener>().unwrap();
            PortRequest::new().prefer(block.port(3)).bind::<TcpListener>().unwrap();
            PortRequest::new().range(block.port(1)..=block.port(9)).bind::<TcpListener>().unwrap();
            PortRequest::new().bind::<(TcpListener, UdpSocket)>().unwrap();
        });
    });
    let Some(calls) = calls else { return };
    assert_eq!(calls.iter().find(|call| call.contains("NETLINK")), None, "{calls:#?}");
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn a_socket_whose_listen_failed_is_closed_and_not_used_again() {
    let calls = Traced::injecting("listen:error=EADDRINUSE:when=1").run(|| {
        let block = Block::new();
        let request = PortRequest::new().range(block.port(1)..=block.port(3));
        let listener: TcpListener = watch(|| request.bind()).unwrap();
        assert_eq!(listener.local_addr().unwrap().port(), block.port(2));
    });
    let Some(calls) = calls else { return };
    assert_eq!(count(&calls, "socket"), 2, "{calls:#?}");
    assert_eq!(count(&calls, "bind"), 2, "{calls:#?}");
    assert_eq!(count(&calls, "close"), 1, "{calls:#?}");
}
