use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::Instant;

use bench::ours;
use bench::peers::{self, Peer, Picked};
use port_runtime::{ClientSocket, DualStack, Error, PortRequest, ReservedPort, with_free_port};

use socket2::{Domain, Socket, Type};

use crate::measure::{Case, Effort};
use crate::table;

#[with_free_port]
async fn for_tokio(listener: tokio::net::TcpListener) -> Result<tokio::net::TcpListener, Error> {
    Ok(listener)
}

pub(crate) fn run(title: &str, effort: Effort) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let losses = &Cell::new(0);
    let mut cases = vec![
        Case::new("`std::net::TcpListener::bind`", || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()),
        Case::new("this crate, by attribute", || ours::listener().unwrap()),
        Case::new("this crate, by `PortRequest`", || PortRequest::new().bind::<TcpListener>().unwrap()),
        Case::new("the floor: the same system calls by hand", floor),
    ];
    cases.extend(Peer::ALL.map(|peer| {
        Case::new(format!("{}: pick, bind", peer.name()), move || {
            let bound = peer.pick().and_then(Picked::bind);
            losses.set(losses.get() + u32::from(bound.is_err()));
            bound
        })
    }));
    cases.extend([
        Case::new("port_check: `with_free_port`", || peers::port_check_retry().unwrap()),
        Case::new("reserve-port: `random_with_tcp`", || peers::reserve_port_listener().unwrap()),
        Case::timed("`tokio::net::TcpListener::bind`", |times| {
            runtime.block_on(async {
                let begin = Instant::now();
                for _ in 0..times {
                    drop(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap());
                }
                begin.elapsed()
            })
        }),
        Case::timed("this crate: tokio's listener", |times| {
            runtime.block_on(async {
                let begin = Instant::now();
                for _ in 0..times {
                    drop(for_tokio().await.unwrap());
                }
                begin.elapsed()
            })
        }),
        Case::new("this crate: `ReservedPort`", || PortRequest::new().bind::<ReservedPort>().unwrap()),
        Case::new("this crate: `ClientSocket`", || PortRequest::new().bind::<ClientSocket>().unwrap()),
        Case::new("this crate: `(TcpListener, UdpSocket)`", || {
            PortRequest::new().bind::<(TcpListener, UdpSocket)>().unwrap()
        }),
        Case::new("this crate: `[TcpListener; 3]`", || PortRequest::new().bind::<[TcpListener; 3]>().unwrap()),
    ]);
    // A machine without IPv6 has one line less.
    if ours::dual_stack().is_ok() {
        cases.push(Case::new("this crate: `DualStack<TcpListener>`", || {
            PortRequest::new().bind::<DualStack<TcpListener>>().unwrap()
        }));
    }
    table(title, cases, effort);
    println!("\nThe peers lost {} ports meanwhile.", losses.get());
}

/// Exclusive while it is bound, as this crate does it: `SO_REUSEADDR` comes last.
fn floor() -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    socket.listen(128).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket
}
