//! The address to bind: given as such, or as a name.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};

use port_runtime::{Error, ErrorKind, Host, PortRequest};

use crate::support::{Block, assert_error, port_on};

fn on(host: impl Into<Host>) -> Result<TcpListener, Error> {
    PortRequest::new().host(host).bind()
}

/// The address that a host leads to.
#[track_caller]
fn bound(host: impl Into<Host>) -> IpAddr {
    on(host).expect("it is an address of this machine").local_addr().unwrap().ip()
}

#[test]
fn is_given_in_any_form() {
    assert_eq!(bound("127.0.0.1"), Ipv4Addr::LOCALHOST);
    assert_eq!(bound("127.0.0.1".to_owned()), Ipv4Addr::LOCALHOST);
    assert_eq!(bound(Ipv4Addr::LOCALHOST), Ipv4Addr::LOCALHOST);
    assert_eq!(bound(IpAddr::from(Ipv4Addr::LOCALHOST)), Ipv4Addr::LOCALHOST);
    assert_eq!(bound("0.0.0.0"), Ipv4Addr::UNSPECIFIED);
    let socket: UdpSocket = PortRequest::new().host("0.0.0.0").bind().unwrap();
    port_on("0.0.0.0", socket.local_addr());
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn is_given_in_any_form_of_ipv6() {
    assert_eq!(bound("::1"), Ipv6Addr::LOCALHOST);
    assert_eq!(bound("[::1]"), Ipv6Addr::LOCALHOST);
    assert_eq!(bound(Ipv6Addr::LOCALHOST), Ipv6Addr::LOCALHOST);
    assert_eq!(bound("::"), Ipv6Addr::UNSPECIFIED);
    let socket: UdpSocket = PortRequest::new().host("::1").bind().unwrap();
    port_on("::1", socket.local_addr());
}

#[cfg(target_os = "linux")]
#[test]
fn may_be_another_loopback_address() {
    assert_eq!(bound("127.0.0.2"), IpAddr::from([127, 0, 0, 2]));
}

#[test]
fn localhost_is_loopback() {
    assert!(bound("localhost").is_loopback());
    let socket: UdpSocket = PortRequest::new().host("localhost").bind().unwrap();
    assert!(socket.local_addr().unwrap().ip().is_loopback());
}

#[cfg_attr(not(own_name_resolves), ignore = "the machine's own host name does not resolve to its address")]
#[test]
fn the_machines_own_name_is_one_of_its_addresses() {
    assert!(!bound(env!("BEHAVIOUR_OWN_NAME")).is_unspecified());
}

#[test]
fn a_name_works_with_range_and_prefer() {
    let block = Block::new();
    let request = PortRequest::new().host("localhost").prefer(block.port(5)).range(block.port(1)..=block.port(2));
    let listeners: [TcpListener; 3] = request.bind().unwrap();
    let ports = listeners.each_ref().map(|listener| listener.local_addr().unwrap().port());
    assert_eq!(ports, [5, 1, 2].map(|index| block.port(index)));
    let address = listeners[0].local_addr().unwrap().ip();
    assert_error(
        request.bind::<TcpListener>(),
        ErrorKind::NoFreePort,
        &format!(
            "no free port on localhost ({address}) in {}..={}: all 2 are in use; the preferred port {} is in use",
            block.port(1),
            block.port(2),
            block.port(5)
        ),
    );
}

#[test]
fn that_does_not_resolve_is_an_error_of_its_own() {
    // `.invalid` is promised never to exist: RFC 2606.
    for name in ["no-such-host.invalid", "", "two words", "nul\0inside"] {
        let error = on(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HostNotFound, "{name:?}");
        let message = error.to_string();
        assert!(message.starts_with("host `") && message.contains("` does not resolve: "), "{message}");
        assert!(message.ends_with("; give an address or a name of this machine"), "{message}");
    }
}

#[test]
fn that_has_more_in_it_is_told_what_to_write() {
    for (host, write) in
        [("127.0.0.1:8080", "127.0.0.1"), ("[::1]:80", "::1"), ("http://localhost:80/", "localhost"), ("*", "0.0.0.0")]
    {
        let message = format!("host `{host}` is neither an address nor a name; write `{write}`");
        assert_error(on(host), ErrorKind::HostNotFound, &message);
    }
}

/// The system would take `0` for every address, and `10.1` for 10.0.0.1.
#[test]
fn that_abbreviates_an_address_is_refused() {
    for host in
        ["0", "1", "127.1", "127.0.1", "0x7f.1", "0X7F000001", "2130706433", "0177.0.0.1", "127.0.0.1.", ".", "1."]
    {
        let message =
            format!("host `{host}` is neither a whole address nor a name; give an address or a name of this machine");
        assert_error(on(host), ErrorKind::HostNotFound, &message);
    }
}

#[test]
fn that_an_abbreviation_is_not_may_have_numbers_in_it() {
    for name in ["10.invalid", "web.1.invalid", "1a.invalid"] {
        let message = on(name).unwrap_err().to_string();
        assert!(message.starts_with(&format!("host `{name}` does not resolve: ")), "{message}");
    }
}

#[cfg(target_os = "linux")]
#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn may_be_in_the_scope_of_an_interface() {
    let number = std::fs::read_to_string("/sys/class/net/lo/ifindex").unwrap();
    for scope in ["lo", number.trim()] {
        assert_eq!(bound(format!("::1%{scope}")), Ipv6Addr::LOCALHOST);
        assert_eq!(bound(format!("[::1%{scope}]")), Ipv6Addr::LOCALHOST);
    }
}

/// The machine has such an address as soon as an interface is up, as a rule; here it is made.
#[cfg(target_os = "linux")]
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[cfg_attr(all(emulated, target_endian = "big"), ignore = "the emulator tells the scope of an address wrong")]
#[test]
fn that_is_link_local_is_bound_on_its_interface() {
    crate::support::Child::in_namespace().run(|| {
        let ip = |arguments: &[&str]| std::process::Command::new("ip").args(arguments).status().unwrap().success();
        // Without the last word it cannot be bound until the kernel has found the time to look for others with it.
        assert!(ip(&["-6", "address", "add", "fe80::7/64", "dev", "lo", "nodad"]));
        for host in ["fe80::7%lo", "[fe80::7%lo]", "fe80::7%1", "[fe80::7%1]"] {
            let std::net::SocketAddr::V6(address) = on(host).unwrap().local_addr().unwrap() else { unreachable!() };
            assert_eq!((address.ip().to_string().as_str(), address.scope_id()), ("fe80::7", 1), "{host}");
            let _: (TcpListener, UdpSocket) = PortRequest::new().host(host).bind().unwrap();
        }
    });
}

#[test]
fn of_an_interface_that_is_not_there_is_refused() {
    for interface in ["no-such-one", "", "lo\0", "a%b", "+1", "1x"] {
        for host in [format!("fe80::1%{interface}"), format!("[fe80::1%{interface}]")] {
            let message = format!(
                "host `fe80::1%{0}` does not resolve: this machine has no interface `{0}`; \
                 give an address or a name of this machine",
                interface.escape_debug()
            );
            assert_error(on(host), ErrorKind::HostNotFound, &message);
        }
    }
}

#[test]
fn that_does_not_resolve_is_told_in_one_line() {
    let error = on("first\nsecond").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotFound);
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
}

#[test]
fn of_somebody_else_is_an_error_of_its_own() {
    // An address for documentation only, RFC 5737: nobody has it.
    let foreign = PortRequest::new().host("203.0.113.1");
    let errors = [
        foreign.bind::<TcpListener>().unwrap_err(),
        foreign.bind::<(TcpListener, UdpSocket)>().unwrap_err(),
        foreign.bind::<[TcpListener; 2]>().unwrap_err(),
        foreign.clone().prefer(8080).range(8000..9000).bind::<TcpListener>().unwrap_err(),
    ];
    errors.into_iter().for_each(assert_foreign);
}

#[cfg_attr(under_wine, ignore = "wine binds UDP to every address")]
#[test]
fn of_somebody_else_is_an_error_for_udp_too() {
    assert_foreign(PortRequest::new().host("203.0.113.1").bind::<UdpSocket>().unwrap_err());
}

fn assert_foreign(error: Error) {
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    let message = error.to_string();
    assert!(message.starts_with("cannot bind 203.0.113.1: "), "{message}");
    assert!(message.ends_with("; it is not an address of this machine"), "{message}");
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::AddrNotAvailable);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn of_somebody_else_is_not_taken_for_a_lack_of_ipv6() {
    // For documentation too: RFC 3849.
    let error = on("2001:db8::1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable, "{error}");
}

#[test]
fn compares_and_shows_itself() {
    assert_eq!(Host::from("127.0.0.1"), Host::from(Ipv4Addr::LOCALHOST));
    assert_eq!(Host::from("[::1]"), Host::from(Ipv6Addr::LOCALHOST));
    assert_ne!(Host::from("localhost"), Host::from(Ipv4Addr::LOCALHOST));
    assert_eq!(Host::from("[::1]").to_string(), "::1");
    assert_eq!(Host::from("[fe80::1%7]"), Host::from("fe80::1%7"));
    assert_ne!(Host::from("fe80::1%7"), Host::from("fe80::1"));
    assert_eq!(Host::from("[fe80::1%7]").to_string(), "fe80::1%7");
    assert_eq!(Host::from("[fe80::1%eth0]").to_string(), "fe80::1%eth0");
    assert_eq!(Host::from(String::from("example.org")).to_string(), "example.org");
}

#[test]
fn a_borrowed_one_will_do() {
    let name = String::from("localhost");
    let host = Host::from(&name);
    assert_eq!((Host::from(&host), host.to_string()), (Host::from("localhost"), name));
}

#[cfg(target_os = "linux")]
#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn of_one_link_names_its_interface() {
    // Nobody has it; with brackets, as in a URL, and without, with a name and with a number.
    for host in ["fe80::1:2:3%lo", "[fe80::1:2:3%lo]", "fe80::1:2:3%1", "[fe80::1:2:3%1]"] {
        let error = on(host).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable, "{host}: {error}");
    }
    assert_eq!(on("[fe80::1%no-such-one]").unwrap_err().kind(), ErrorKind::HostNotFound);
    let error = on("fe80::1:2:3").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot bind fe80::1:2:3: Invalid argument (os error 22); an address of one link needs its interface, as in \
         `fe80::1%eth0`"
    );
}
