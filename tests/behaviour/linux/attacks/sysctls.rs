//! Settings of the system that change who gets which number.

use std::fs;
use std::net::{TcpListener, UdpSocket};

use port_runtime::{Bound, ClientSocket, DualStack, ErrorKind, FromFreePort, PortRequest, ReservedPort};
use socket2::{Domain, Socket, Type};

use crate::linux::holds_and_time_wait::leave_in_time_wait;
use crate::linux::late_listeners::{LateListener, insisting, is_in_use};
use crate::support::Child;
use crate::support::namespace::set_ephemeral_ports;

fn set(name: &str, value: &str) {
    fs::write(format!("/proc/sys/net/{name}"), value).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn assert_none<T: FromFreePort>() {
    let error = PortRequest::new().bind::<T>().map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFreePort, "{error}");
}

/// The kernel does not choose them, and who names them gets them.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn reserved_ports_are_for_those_who_name_them() {
    Child::in_namespace().run(|| {
        set_ephemeral_ports(40_000, 40_003);
        set("ipv4/ip_local_reserved_ports", "40000-40002");
        let only: TcpListener = PortRequest::new().bind().unwrap();
        assert_eq!(only.port(), 40_003);
        assert_none::<TcpListener>();
        assert_none::<ReservedPort>();
        assert_none::<(TcpListener, UdpSocket)>();
        drop(only);
        for _ in 0..10 {
            assert_eq!(PortRequest::new().bind::<ReservedPort>().unwrap().port(), 40_003);
            assert_eq!(PortRequest::new().bind::<(UdpSocket, TcpListener)>().unwrap().0.port(), 40_003);
        }
        let named: TcpListener = PortRequest::new().port(40_001).bind().unwrap();
        let reserved: ReservedPort = PortRequest::new().range(40_000..=40_001).bind().unwrap();
        assert_eq!((named.port(), reserved.port()), (40_001, 40_000));
        reserved.listen().unwrap();
        set("ipv4/ip_local_reserved_ports", "40000-40003");
        assert_none::<TcpListener>();
        assert_none::<UdpSocket>();
    });
}

#[cfg_attr(not(has_setpriv), ignore = "`setpriv` cannot drop CAP_NET_BIND_SERVICE here")]
#[test]
fn the_first_port_for_everybody_may_be_another() {
    // The kernel's own choice has to be above.
    let script = "cd /proc/sys/net/ipv4 && echo 50000 50099 >ip_local_port_range && \
                  echo 40000 >ip_unprivileged_port_start && cd - >/dev/null && exec \"$0\" \"$@\"";
    let program = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"];
    let child = Child::in_namespace().wrapped_in(["sh", "-c", script]).wrapped_in(program);
    child.run(|| {
        for (way, request) in insisting(39_999) {
            let error = request.bind::<TcpListener>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{way}: {error}");
            assert!(!error.to_string().contains("below 1024"), "{way}: {error}");
        }
        let listener: TcpListener = PortRequest::new().range(39_998..=40_001).bind().unwrap();
        assert_eq!(listener.port(), 40_000);
        let reserved: ReservedPort = PortRequest::new().prefer(39_999).bind().unwrap();
        assert!(reserved.port() >= 50_000);
        reserved.listen().unwrap();
        PortRequest::new().range(40_000..40_003).bind::<ClientSocket>().unwrap();
    });
}

/// Where sockets on `[::]` are on IPv6 alone unless they say otherwise.
#[cfg_attr(
    not(all(has_unshare, has_ipv6, has_sock_diag)),
    ignore = "needs a network namespace with IPv6, and Linux 6.8"
)]
#[test]
fn with_bindv6only_the_families_are_not_in_each_other_s_way() {
    Child::in_namespace().run(|| {
        set("ipv6/bindv6only", "1");
        let both: DualStack<TcpListener> = PortRequest::new().host("0.0.0.0").bind().unwrap();
        assert_eq!(both.v4.port(), both.v6.port());
        // The one family is somebody's, and the other has old connections.
        leave_in_time_wait(TcpListener::bind("[::1]:30001").unwrap());
        let other = TcpListener::bind("0.0.0.0:30001").unwrap();
        for (way, request) in insisting(30_001) {
            let listener = request.host("::").bind::<TcpListener>().unwrap_or_else(|error| panic!("{way}: {error}"));
            drop(listener);
        }
        drop(other);
        // A late listener of the other family, and then of this one.
        let late = LateListener::bind("0.0.0.0:30001".parse().unwrap(), false);
        for (_, request) in insisting(30_001) {
            request.host("::").bind::<TcpListener>().unwrap();
        }
        late.listens();
        let late = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        late.set_reuse_address(true).unwrap();
        late.bind(&"[::]:30001".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        for host in ["::", "::1"] {
            for (way, request) in insisting(30_001) {
                assert!(is_in_use(request.host(host).bind::<TcpListener>()), "{way} on {host}");
            }
        }
        late.listen(1).unwrap();
    });
}
