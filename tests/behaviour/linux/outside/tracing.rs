//! The feature `tracing`: one event for every port that is obtained.

use std::net::{SocketAddr, TcpListener, UdpSocket};

use port_runtime::{DualStack, Error, FromFreePort, PortRequest, ReservedPort};
use test_support::forks;

use crate::support::events::{Fields, recorded};
use crate::support::given::Given;
use crate::support::{Block, Child};

/// The event of one port.
#[track_caller]
fn only(events: Vec<Fields>) -> Fields {
    let [event] = <[Fields; 1]>::try_from(events).expect("one port, one event");
    event
}

fn event(address: SocketAddr, source: &str, passed_over: &str) -> Fields {
    let address = address.to_string();
    let fields =
        [("message", "port obtained"), ("address", &address), ("source", source), ("passed_over", passed_over)];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

#[track_caller]
fn assert_told(request: &PortRequest, source: &str, passed_over: &str) {
    let (listener, events) = recorded(|| request.bind::<TcpListener>().unwrap());
    assert_eq!(only(events), event(listener.local_addr().unwrap(), source, passed_over));
}

#[test]
fn tells_the_source() {
    let block = Block::new();
    let request = PortRequest::new();
    assert_told(&request, "kernel", "");
    assert_told(&request.clone().prefer(block.port(1)), "preferred port", "");
    assert_told(&request.clone().range(block.port(1)..=block.port(2)), "range", "");
    let (socket, events) = recorded(|| request.bind::<UdpSocket>().unwrap());
    assert_eq!(only(events), event(socket.local_addr().unwrap(), "kernel", ""));
}

#[test]
fn tells_what_was_passed_over_and_why() {
    let block = Block::new();
    let _busy = [block.listener(1), block.listener(2), block.listener(9)];
    let (preferred, in_range) = (block.port(9), block.port(1)..=block.port(3));
    let request = PortRequest::new().prefer(preferred);
    assert_told(&request, "kernel", &format!("the preferred port {preferred} is in use"));
    let told = format!("the preferred port {preferred} is in use; 2 in use");
    assert_told(&request.range(in_range.clone()), "range", &told);
    assert_told(&PortRequest::new().range(in_range), "range", "2 in use");
}

#[test]
fn tells_of_sources_that_are_absent() {
    let everything = || PortRequest::new().inherit().env("PORT").portserver();
    Child::new().given(|it| _ = it.variable("PORT", "")).run(|| {
        let absent =
            "no sockets were passed to this process; PORT is unset or empty; PORTSERVER_ADDRESS is unset or empty";
        assert_told(&everything(), "kernel", absent);
        let block = Block::new();
        assert_told(&everything().prefer(block.port(1)), "preferred port", absent);
    });
}

#[test]
fn tells_the_variable() {
    let block = Block::for_processes();
    Child::new().given(|it| _ = it.variable("PORT", block.port(1).to_string())).run(|| {
        let source = format!("PORT is `{}`", std::env::var("PORT").unwrap());
        let request = PortRequest::new().inherit().env("PORT").portserver().prefer(1);
        assert_told(&request, &source, "no sockets were passed to this process");
        let (reserved, events) = recorded(|| request.bind::<ReservedPort>().unwrap());
        assert_eq!(only(events)["source"], source);
        assert!(source.contains(&reserved.port().to_string()));
    });
}

#[test]
fn tells_the_port_server() {
    use super::fake_port_server::{answering, serve_abstract};

    let block = Block::for_processes();
    let given = |it: &mut Given| {
        let server = serve_abstract(answering(format!("{}\n", block.port(1))));
        it.variable("PORTSERVER_ADDRESS", server);
    };
    Child::new().given(given).run(|| {
        let source = format!("the port server at {} says so", std::env::var("PORTSERVER_ADDRESS").unwrap());
        assert_told(&PortRequest::new().portserver().prefer(1), &source, "");
        let request = PortRequest::new().inherit().env("PORT_OF_NOBODY").portserver();
        let passed_over = "no sockets were passed to this process; PORT_OF_NOBODY is unset or empty";
        assert_told(&request, &source, passed_over);
    });
}

#[test]
fn tells_the_service_manager() {
    use super::{tcp, udp};

    Child::service().given(|it| _ = it.descriptors([tcp(), tcp()]).descriptor(udp())).run(|| {
        assert_told(&PortRequest::new().inherit().env("PORT").prefer(1), "service manager", "");
        let (listener, events) = recorded(|| PortRequest::new().inherit().bind::<(TcpListener,)>().unwrap().0);
        assert_eq!(only(events), event(listener.local_addr().unwrap(), "service manager", ""));
    });
}

#[test]
fn tells_every_member() {
    let ((tcp, udp), events) = recorded(|| PortRequest::new().bind::<(TcpListener, UdpSocket)>().unwrap());
    let expected = [tcp.local_addr().unwrap(), udp.local_addr().unwrap()].map(|address| event(address, "kernel", ""));
    assert_eq!(events, expected);
    let (array, events) = recorded(|| PortRequest::new().bind::<[TcpListener; 3]>().unwrap());
    assert_eq!(events, array.map(|it| event(it.local_addr().unwrap(), "kernel", "")));
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn tells_both_families() {
    let (both, events) = recorded(|| PortRequest::new().bind::<DualStack<TcpListener>>().unwrap());
    assert_eq!(events, [both.v4, both.v6].map(|it| event(it.local_addr().unwrap(), "kernel", "")));
}

/// The numbers that were free for one member only are no ports that were obtained.
#[test]
fn tells_nothing_of_numbers_that_did_not_do() {
    let block = Block::new();
    let _busy = UdpSocket::bind(("127.0.0.1", block.port(1))).unwrap();
    let request = PortRequest::new().range(block.port(1)..=block.port(2));
    let ((tcp, udp), events) = recorded(|| request.bind::<(TcpListener, UdpSocket)>().unwrap());
    let expected = [tcp.local_addr().unwrap(), udp.local_addr().unwrap()].map(|it| event(it, "range", "1 in use"));
    assert_eq!(events, expected);
}

#[test]
fn tells_the_address_of_a_reserved_port() {
    let (reserved, events) = recorded(|| PortRequest::new().bind::<ReservedPort>().unwrap());
    assert_eq!(only(events), event(reserved.addr(), "kernel", ""));
}

#[test]
fn tells_nothing_of_errors() {
    fn silent<T: FromFreePort>(request: &PortRequest) -> Option<Error> {
        let (result, events) = recorded(|| request.bind::<T>());
        assert_eq!(events, []);
        result.err()
    }
    let block = Block::new();
    let _busy = block.listener(1);
    let full = PortRequest::new().range(block.port(1)..=block.port(1));
    assert!(silent::<TcpListener>(&full).is_some());
    assert!(silent::<(UdpSocket, TcpListener)>(&full).is_some());
    assert!(silent::<TcpListener>(&PortRequest::new().prefer(0)).is_some());
}

/// Nobody subscribes there.
#[test]
fn is_silent_by_itself() {
    for arguments in [&["tcp"][..], &["both", "inherit", "env=PORT_OF_NOBODY", "prefer=1"], &["tcp", "range=1-1"]] {
        let mut command = behaviour::command(env!("CARGO_BIN_EXE_asker"));
        Given::default().apply_to(&mut command);
        let output = forks::output(command.args(arguments).env("RUST_LOG", "trace")).unwrap();
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!((stdout.lines().count(), stderr.as_str()), (1, ""), "{stdout}");
    }
}
