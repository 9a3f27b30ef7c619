//! Sockets of another network namespace: with the same number they are in nobody's way, and a descriptor may be shared.

use std::io;
use std::net::TcpListener;
use std::thread;

use port_runtime::{Bound, PortRequest, ReservedPort};

use crate::linux::late_listeners::{LateListener, insisting};
use crate::support::Child;
use crate::support::namespace::loopback_up;
use crate::support::sockets::connect;

/// Calls it in a thread with a network namespace of its own.
#[expect(unsafe_code, reason = "there is no other way to call unshare(2)")]
fn elsewhere<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // SAFETY: always sound; it changes where this thread opens its sockets.
            assert_eq!(unsafe { libc::unshare(libc::CLONE_NEWNET) }, 0, "{}", io::Error::last_os_error());
            loopback_up();
            act()
        });
        thread.join().unwrap()
    })
}

#[cfg_attr(not(all(has_unshare, has_sock_diag)), ignore = "needs a network namespace, and Linux 6.8")]
#[test]
fn nobody_of_another_namespace_is_in_the_way() {
    Child::in_namespace().run(|| {
        let late = elsewhere(|| LateListener::bind(([127, 0, 0, 1], 30_001).into(), false));
        let hold = elsewhere(|| PortRequest::new().port(30_002).bind::<ReservedPort>().unwrap());
        let listener = elsewhere(|| TcpListener::bind("127.0.0.1:30003").unwrap());
        for port in 30_001..=30_003 {
            for (way, request) in insisting(port) {
                let listener = request.bind::<TcpListener>().unwrap_or_else(|error| panic!("{way} {port}: {error}"));
                connect(listener.addr());
            }
        }
        late.listens();
        assert_eq!(hold.port(), 30_002);
        assert_eq!(listener.port(), 30_003);
    });
}

/// It stays where it was made, whoever has it, and so does what is told of it.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn a_passed_listener_of_another_namespace_is_taken() {
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = outside.local_addr().unwrap();
    let child = Child::in_namespace().wrapped_in(["sh", "-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"]);
    let parent = child.given(|it| _ = it.descriptor(outside.try_clone().unwrap())).run(|| {
        let passed: TcpListener = PortRequest::new().inherit().bind().unwrap();
        // Here the same number is free.
        let own: TcpListener = PortRequest::new().port(passed.port()).bind().unwrap();
        assert_eq!(own.addr(), passed.addr());
        connect(own.addr());
        own.accept().unwrap();
        passed.set_nonblocking(true).unwrap();
        assert_eq!(passed.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    });
    if parent {
        connect(address);
        outside.accept().unwrap();
    }
}
