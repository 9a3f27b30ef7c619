//! A port from an environment variable for tuples, arrays and `DualStack`, and the host from one.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use port_runtime::{DualStack, ErrorKind, Host, PortRequest, ReservedPort};

use crate::support::{Block, Child, assert_error, port_on};

const VARIABLE: &str = "BEHAVIOUR_PORT";

fn from_variable() -> PortRequest {
    PortRequest::new().env(VARIABLE)
}

/// The number that is in the variable.
fn number() -> u16 {
    let value = std::env::var(VARIABLE).unwrap();
    value.rsplit(':').next().unwrap().parse().unwrap()
}

/// A number that is free; the hold of its block ends with the test.
fn child_with(block: &Block, host: &str) -> Child {
    Child::new().given(|it| _ = it.variable(VARIABLE, format!("{host}{}", block.port(1))))
}

#[test]
fn a_tuple_has_both_on_it() {
    child_with(&Block::for_processes(), "").run(|| {
        let (listener, socket): (TcpListener, UdpSocket) = from_variable().prefer(1).range(1..=2).bind().unwrap();
        assert_eq!(port_on("127.0.0.1", listener.local_addr()), number());
        assert_eq!(port_on("127.0.0.1", socket.local_addr()), number());
        drop(socket);
        let error = from_variable().bind::<(UdpSocket, TcpListener)>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
        assert!(error.to_string().ends_with(&format!("; {VARIABLE} is `{}`", number())), "{error}");
    });
}

#[test]
fn a_tuple_takes_the_host_too() {
    child_with(&Block::for_processes(), "127.0.0.2:").run(|| {
        let (socket, listener): (UdpSocket, TcpListener) = from_variable().bind().unwrap();
        let expected = SocketAddr::from(([127, 0, 0, 2], number()));
        assert_eq!((socket.local_addr().unwrap(), listener.local_addr().unwrap()), (expected, expected));
    });
}

#[test]
fn a_tuple_may_get_the_kernels_choice() {
    Child::new().given(|it| _ = it.variable(VARIABLE, "0")).run(|| {
        let (listener, socket): (TcpListener, UdpSocket) = from_variable().prefer(1).range(1..=2).bind().unwrap();
        let port = port_on("127.0.0.1", listener.local_addr());
        assert_eq!(port_on("127.0.0.1", socket.local_addr()), port);
        assert!(port > 2);
    });
}

#[test]
fn an_array_cannot_have_one_number() {
    child_with(&Block::for_processes(), "").run(|| {
        let message = format!(
            "{VARIABLE} names one port, and 2 different ones are wanted; leave `env` out, \
             or give each socket a variable"
        );
        assert_error(from_variable().bind::<[TcpListener; 2]>(), ErrorKind::InvalidRequest, &message);
        let [only]: [TcpListener; 1] = from_variable().bind().unwrap();
        assert_eq!(port_on("127.0.0.1", only.local_addr()), number());
    });
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_dual_stack_has_both_on_it() {
    for host in ["", "127.0.0.1:", "[::1]:", "localhost:"] {
        let block = Block::for_processes();
        let waited = child_with(&block, host).run(|| {
            let DualStack { v4, v6 }: DualStack<TcpListener> = from_variable().bind().unwrap();
            assert_eq!(v4.local_addr().unwrap(), (Ipv4Addr::LOCALHOST, number()).into());
            assert_eq!(v6.local_addr().unwrap(), (Ipv6Addr::LOCALHOST, number()).into());
            drop(v4);
            assert_eq!(from_variable().bind::<DualStack<TcpListener>>().unwrap_err().kind(), ErrorKind::PortInUse);
        });
        if !waited {
            return;
        }
    }
}

#[test]
fn a_reserved_port_is_of_that_number() {
    child_with(&Block::for_processes(), "").run(|| {
        let reserved: ReservedPort = from_variable().bind().unwrap();
        assert_eq!(reserved.addr(), (Ipv4Addr::LOCALHOST, number()).into());
        let error = from_variable().bind::<ReservedPort>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PortInUse, "{error}");
    });
}

/// A harness holds the number, and the server that it starts is told by the variable.
#[cfg_attr(emulated, ignore = "the emulator does not tell who has a port")]
#[test]
fn works_while_the_number_is_reserved_for_it() {
    let reserved: ReservedPort = PortRequest::new().bind().unwrap();
    let child = Child::new().given(|it| _ = it.variable(VARIABLE, reserved.port().to_string()));
    child.run(|| {
        for _restart in 0..3 {
            let listener: TcpListener = from_variable().bind().unwrap();
            assert_eq!(port_on("127.0.0.1", listener.local_addr()), number());
            crate::support::sockets::connect(listener.local_addr().unwrap());
            // One server at a time.
            assert_eq!(from_variable().bind::<TcpListener>().unwrap_err().kind(), ErrorKind::PortInUse);
            drop(listener.accept().unwrap());
        }
    });
    let _ours_again = reserved.listen().expect("the children have ended");
}

#[test]
fn the_host_may_come_from_a_variable() {
    let given = |it: &mut crate::support::given::Given| {
        it.variable("HOST_SET", "127.0.0.2").variable("HOST_EMPTY", "").variable("HOST_BLANK", " \n");
        it.variable("HOST_NAME", " localhost\n")
            .variable("HOST_V6", "[::1]")
            .variable("HOST_BAD", "no-such-host.invalid");
    };
    Child::new().given(given).run(|| {
        let host = |variable| Host::env_or(variable, Ipv4Addr::LOCALHOST);
        assert_eq!(host("HOST_SET"), Host::from("127.0.0.2"));
        assert_eq!(host("HOST_NAME"), Host::from("localhost"));
        assert_eq!(host("HOST_V6"), Host::from(Ipv6Addr::LOCALHOST));
        for absent in ["HOST_EMPTY", "HOST_BLANK", "HOST_NOT_SET"] {
            assert_eq!(host(absent), Host::from(Ipv4Addr::LOCALHOST));
        }
        let bound = |variable| PortRequest::new().host(host(variable)).bind::<TcpListener>();
        assert_eq!(bound("HOST_SET").unwrap().local_addr().unwrap().ip(), Ipv4Addr::new(127, 0, 0, 2));
        assert_eq!(bound("HOST_BAD").unwrap_err().kind(), ErrorKind::HostNotFound);
    });
}
