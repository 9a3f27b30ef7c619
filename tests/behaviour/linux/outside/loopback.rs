//! Nothing but the loopback is bound unless somebody asks for more.

use std::any::Any;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use async_io::Async;
use port_runtime::{DualStack, PortRequest, ReservedPort};
use tokio::runtime::Builder;

use crate::support::{Block, Child};

/// Everything that a request gives, and where it is.
#[derive(Default)]
struct Bound {
    addresses: Vec<SocketAddr>,
    kept: Vec<Box<dyn Any>>,
}

macro_rules! bind_all {
    ($bound:ident, $request:ident: $($T:ty),+) => {
        $(
            let socket: $T = $request.bind().unwrap();
            $bound.addresses.push(socket.local_addr().unwrap());
            $bound.kept.push(Box::new(socket));
        )+
    };
}

impl Bound {
    fn one_of_each(&mut self, request: &PortRequest) {
        bind_all!(self, request: TcpListener, mio::net::TcpListener, tokio::net::TcpListener);
        bind_all!(self, request: UdpSocket, mio::net::UdpSocket, tokio::net::UdpSocket);
        let listener: Async<TcpListener> = request.bind().unwrap();
        let socket: Async<UdpSocket> = request.bind().unwrap();
        let (tcp, udp): (TcpListener, UdpSocket) = request.bind().unwrap();
        let reserved: ReservedPort = request.bind().unwrap();
        let listening = reserved.listen().unwrap();
        let listeners = [listener.get_ref(), &tcp, &listening];
        self.addresses.extend(listeners.map(|it| it.local_addr().unwrap()));
        self.addresses.extend([socket.get_ref(), &udp].map(|it| it.local_addr().unwrap()));
        self.addresses.push(reserved.addr());
        self.kept.push(Box::new((listener, socket, tcp, udp, reserved, listening)));
        if cfg!(has_ipv6) {
            let tcp: DualStack<TcpListener> = request.bind().unwrap();
            let udp: DualStack<UdpSocket> = request.bind().unwrap();
            self.addresses.extend([&tcp.v4, &tcp.v6].map(|it| it.local_addr().unwrap()));
            self.addresses.extend([&udp.v4, &udp.v6].map(|it| it.local_addr().unwrap()));
            self.kept.push(Box::new((tcp, udp)));
        }
    }

    fn some(&mut self, request: &PortRequest) {
        let [first, second]: [TcpListener; 2] = request.bind().unwrap();
        self.addresses.extend([&first, &second].map(|it| it.local_addr().unwrap()));
        self.kept.push(Box::new([first, second]));
    }

    fn one(&mut self, request: &PortRequest) {
        bind_all!(self, request: TcpListener);
    }
}

/// From every source that there is, with a host from none of them.
fn everything() -> Bound {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let block = Block::new();
    let mut bound = Bound::default();
    let request = PortRequest::new();
    let range = request.clone().range(32_000..=32_700);
    for request in [&request, &range, &request.clone().prefer(block.port(1)), &request.clone().portserver().inherit()] {
        bound.one_of_each(request);
        bound.some(request);
    }
    bound.one_of_each(&request.clone().env("PORT_OF_NOBODY"));
    bound.one_of_each(&request.clone().env("ZERO"));
    bound.one(&request.clone().env("PORT"));
    bound
}

fn child() -> Child {
    let block = Block::for_processes();
    Child::new().given(|it| _ = it.variable("ZERO", "0").variable("PORT", block.port(1).to_string()))
}

#[test]
fn is_the_default_of_every_type_and_source() {
    child().run(|| {
        let bound = everything();
        assert!(bound.addresses.len() > 60, "{}", bound.addresses.len());
        assert!(bound.addresses.iter().all(|address| address.ip().is_loopback()), "{:?}", bound.addresses);
    });
}

/// In a network namespace nobody else has sockets, so the kernel's tables are all about this process.
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn is_all_that_the_kernel_knows_of() {
    const LOOPBACK: [&str; 2] = ["0100007F", "00000000000000000000000001000000"];

    let addresses = |table: &str| {
        let table = std::fs::read_to_string(format!("/proc/self/net/{table}")).unwrap_or_default();
        let line = |line: &str| line.split_whitespace().nth(1)?.split_once(':').map(|(host, _)| host.to_owned());
        table.lines().skip(1).filter_map(line).collect::<Vec<_>>()
    };
    let given = |it: &mut crate::support::given::Given| _ = it.variable("ZERO", "0").variable("PORT", "8080");
    Child::in_namespace().given(given).run(|| {
        let bound = everything();
        let known = ["tcp", "tcp6", "udp", "udp6"].map(addresses).concat();
        // A reserved port on which nobody listens takes no connection, and is in no table.
        assert!(known.len() > 60 && known.len() <= bound.addresses.len(), "{}", known.len());
        assert!(known.iter().all(|host| LOOPBACK.contains(&host.as_str())), "{known:?}");
        let _wide: TcpListener = PortRequest::new().host("0.0.0.0").bind().unwrap();
        assert!(addresses("tcp").iter().any(|host| host == "00000000"), "the test would see it");
    });
}
