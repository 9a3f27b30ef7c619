//! Where descriptors lie before, and what is open afterwards.
#![allow(unsafe_code, reason = "bare system calls")]

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use port_runtime::PassListeners;
use socket2::SockRef;
use test_support::eventually;

use crate::closures::{close_each, limit_descriptors, passes_or_fails, server, with};
use crate::support::{alone, ask_tcp, consumer, listed, own_descriptors, plainly, shell, tcp};

#[test]
fn sources_may_lie_where_sockets_are_placed() {
    // The outer process puts three listeners on 3, 4 and 5 of the inner one, which passes them on in other orders.
    let pass_three = |command: &mut _| {
        PassListeners::new().with("a", tcp()).with("b", tcp()).with("c", tcp()).spawn(command).expect("started")
    };
    alone("descriptors::sources_may_lie_where_sockets_are_placed", pass_three, || {
        let taken = sd_listen_fds::get().expect("well-formed variables");
        let taken: Vec<OwnedFd> = taken.into_iter().map(|(_, socket)| socket.into_std()).collect();
        assert_eq!(taken.iter().map(AsRawFd::as_raw_fd).collect::<Vec<_>>(), [3, 4, 5]);

        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            // Copies, so that 3 to 5 stay taken.
            let passed = order.map(|index| taken[index].try_clone().expect("a free descriptor"));
            assert_eq!(in_child(passed), order.map(|index| address(&taken[index])));
        }
        // And not copies, but 5, 3 and 4 themselves.
        let [first, second, third] = <[OwnedFd; 3]>::try_from(taken).expect("three");
        let expected = [&third, &first, &second].map(address);
        assert_eq!(in_child([third, first, second]), expected);
    });
}

fn address(socket: &OwnedFd) -> SocketAddr {
    SockRef::from(socket).local_addr().expect("bound").as_socket().expect("an internet address")
}

fn in_child(sockets: [OwnedFd; 3]) -> [SocketAddr; 3] {
    let mut passed = sockets.into_iter().fold(PassListeners::new(), |passed, socket| passed.with("tcp", socket));
    let mut child = passed.spawn(&mut consumer(["sd-listen-fds", "list"])).expect("it can be started");
    let addresses: Vec<_> = listed(&mut child).iter().map(|line| line["tcp tcp ".len()..].parse().unwrap()).collect();
    assert!(child.wait().expect("a child").success());
    addresses.try_into().expect("three")
}

#[test]
fn nothing_but_the_sockets_reaches_the_child() {
    alone("descriptors::nothing_but_the_sockets_reaches_the_child", plainly, || {
        // Open on both sides of the targets and closed on exec, as all descriptors of std are.
        let files: Vec<_> = (0..10).map(|_| std::fs::File::open("/dev/null").expect("it is there")).collect();
        let plain = descriptors(consumer(["describe"]).spawn());
        for count in [1, 3, 8] {
            let mut passed = (0..count).fold(PassListeners::new(), |passed, _| passed.with("http", tcp()));
            let mut expected: Vec<_> = (3..3 + count).map(|number| format!("{number} socket:")).collect();
            let kept =
                |line: &&String| !expected.iter().any(|socket| socket.split(' ').next() == line.split(' ').next());
            let inherited: Vec<_> = plain.iter().filter(kept).cloned().collect();
            expected.extend(inherited);
            expected.sort();
            assert_eq!(descriptors(passed.spawn(&mut consumer(["describe"]))), expected);
        }
        drop(files);
    });
}

fn descriptors(child: std::io::Result<std::process::Child>) -> Vec<String> {
    let description = crate::support::output(child.expect("it can be started"));
    let descriptors = description.lines().filter_map(|line| line.strip_prefix("descriptor: "));
    let mut descriptors: Vec<_> = descriptors.map(ToOwned::to_owned).collect();
    descriptors.sort();
    descriptors
}

#[test]
fn this_process_keeps_no_copy() {
    alone("descriptors::this_process_keeps_no_copy", plainly, || {
        let before = own_descriptors();
        let mut passed = PassListeners::new().with("a", tcp()).with("b", tcp());
        assert_eq!(own_descriptors().len(), before.len() + 2);
        let mut child = passed.spawn(shell("exec sleep 60").stdout(std::process::Stdio::null())).expect("started");
        assert_eq!(own_descriptors(), before);
        child.kill().expect("a child");
        child.wait().expect("a child");
    });
}

#[test]
fn the_port_of_a_dead_child_refuses_connections() {
    let listener = tcp();
    let address = listener.local_addr().expect("bound");
    // Lives on, and holds nothing any more.
    let mut passed = PassListeners::new().with("http", listener);
    let mut child = passed.spawn(&mut consumer(["listenfd", "serve"])).expect("it can be started");
    assert_eq!(ask_tcp(address), child.id());
    assert!(child.wait().expect("a child").success());
    // Another test may be between fork and exec, with a copy for that instant.
    eventually("the port refuses connections", || {
        TcpStream::connect(address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    });
}

/// Where the copies lie until they are placed: a look at them from inside.
fn looks_at_copies(good: fn(&[RawFd]) -> bool) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
    move || {
        let mut numbers = [0; 64];
        let mut count = 0;
        for number in 3..8192 {
            // SAFETY: takes numbers; on what is not open it fails.
            if unsafe { libc::fcntl(number, libc::F_GETFD) } != -1 {
                numbers[count] = number;
                count += 1;
            }
        }
        if good(&numbers[..count]) { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::EOWNERDEAD)) }
    }
}

#[test]
fn copies_lie_high_where_that_is_allowed() {
    alone("descriptors::copies_lie_high_where_that_is_allowed", plainly, || {
        let high = |numbers: &[RawFd]| numbers.iter().filter(|number| (1024..4096).contains(*number)).count() == 2;
        limit_descriptors(1026).unwrap();
        passes_or_fails(with(server(), looks_at_copies(high))).expect("there is room");
        // From here on one of the two, and then both have to lie lower.
        for limit in [1025, 1024, 100] {
            limit_descriptors(limit).unwrap();
            passes_or_fails(with(server(), looks_at_copies(|numbers| numbers.len() > 2))).expect("there is room below");
        }
    });
}

#[test]
fn copies_lie_low_where_all_higher_numbers_are_taken() {
    alone("descriptors::copies_lie_low_where_all_higher_numbers_are_taken", plainly, || {
        limit_descriptors(5000).unwrap();
        let null = File::open("/dev/null").expect("it is there");
        // SAFETY: takes numbers, of which nobody has any.
        (1024..4096).for_each(|number| _ = unsafe { libc::dup3(null.as_raw_fd(), number, libc::O_CLOEXEC) });
        let low = |numbers: &[RawFd]| numbers.iter().all(|number| *number < 1024);
        // Or there would be too many to look at.
        let others_closed = with(server(), close_each(1024..4096));
        passes_or_fails(with(others_closed, looks_at_copies(low))).expect("there is room below");
    });
}
