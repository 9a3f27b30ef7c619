//! Names with several addresses, of which this machine has not all.

use std::net::{TcpListener, UdpSocket};

use port_runtime::{Bound, DualStack, FromFreePort, Order, PortRequest, ReservedPort};
use test_support::seccomp::{forbid_family, refuse_family};

use crate::support::{Block, Child};

const HOSTS: &str = "203.0.113.1 several\n127.0.0.7 several\n127.0.0.8 several\n2001:db8::1 several\n::1 several\n::1 both\n127.0.0.1 both\n";

/// `/etc/hosts` of its own.
fn child() -> Child {
    let script = format!(
        "printf '{HOSTS}' > /tmp/hosts.$$ && mount --bind /tmp/hosts.$$ /etc/hosts && rm /tmp/hosts.$$; exec \"$0\" \"$@\""
    );
    Child::new().wrapped_in(["unshare", env!("BEHAVIOUR_UNSHARE_MOUNT"), "sh", "-c", &script])
}

fn bound<T: FromFreePort>(request: &PortRequest) -> T {
    request.bind().unwrap_or_else(|error| panic!("{error}"))
}

#[cfg_attr(not(all(has_mount, has_ipv6)), ignore = "`unshare -m` makes no mount namespace here")]
#[test]
fn the_first_that_this_machine_has_is_taken() {
    child().run(|| {
        let block = Block::new();
        let request = PortRequest::new().host("several");
        let numbers = block.port(1)..=block.port(9);
        for request in [
            request.clone(),
            request.clone().prefer(block.port(1)),
            request.clone().range(numbers.clone()),
            request.clone().range(numbers).order(Order::stable("key")).except([block.port(2)]),
            request.clone().port(block.port(3)),
        ] {
            let alone: TcpListener = bound(&request);
            assert!(!alone.addr().ip().to_string().starts_with("203"), "{}", alone.addr());
            let ip = alone.addr().ip();
            drop(alone);
            let (tcp, udp): (TcpListener, UdpSocket) = bound(&request);
            assert_eq!((tcp.addr().ip(), udp.addr()), (ip, tcp.addr()));
            drop((tcp, udp));
            assert_eq!(bound::<ReservedPort>(&request).addr().ip(), ip);
            let both: DualStack<TcpListener> = bound(&request);
            assert_eq!(
                (both.v4.addr().ip().to_string(), both.v6.addr().ip().to_string()),
                ("127.0.0.7".into(), "::1".into())
            );
        }
    });
}

/// Whatever a sandbox says of a family that it does not let through, the other will do.
#[cfg_attr(not(all(has_mount, has_seccomp)), ignore = "`unshare -m` makes no mount namespace here")]
#[test]
fn the_first_that_may_be_opened_is_taken() {
    child().run(|| {
        for forbid in [forbid_family, refuse_family] {
            let inside = std::thread::spawn(move || {
                forbid(libc::AF_INET6);
                let request = PortRequest::new().host("both");
                let (tcp, udp): (TcpListener, UdpSocket) = bound(&request);
                assert_eq!((tcp.addr().ip().to_string(), udp.addr()), ("127.0.0.1".into(), tcp.addr()));
                assert_eq!(bound::<ReservedPort>(&request).addr().ip().to_string(), "127.0.0.1");
                let error = request.bind::<DualStack<TcpListener>>().unwrap_err();
                assert!(error.to_string().starts_with("cannot bind both (::1): "), "{error}");
            });
            inside.join().unwrap();
        }
    });
}
