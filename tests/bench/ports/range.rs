use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;

use bench::ours;
use bench::peers::{self, Peer, Picked};
use socket2::{Domain, Socket, Type};

use crate::measure::{Case, Effort};
use crate::table;

const START: u16 = 23_000;
const END: u16 = 24_000;
const RANGE: Range<u16> = START..END;

/// The first ones of the range are busy: as far from the start as a free port can be.
pub(crate) fn run(title: &str, effort: Effort) {
    for busy in [0, 500, 990] {
        let first_free = START + busy;
        let others: Vec<TcpListener> =
            (START..first_free).filter_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()).collect();
        if others.len() < busy.into() {
            println!("\n(of these {busy} ports, others have some: the figures are of {} busy ones)", others.len());
        }
        let mut cases = vec![
            Case::new("this crate, by attribute", || ours::in_range(RANGE).unwrap()),
            Case::new("this crate: `order = random` (not the lowest)", || ours::at_random(RANGE).unwrap()),
            Case::new("this crate: `order = stable(…)` (not the lowest)", || ours::stable(RANGE).unwrap()),
            Case::new("the floor: binds on one socket, then listen", floor),
        ];
        cases.extend(Peer::WITH_RANGE.map(|peer| {
            Case::new(format!("{}: pick, bind", peer.name()), move || peer.pick_in(RANGE).and_then(Picked::bind))
        }));
        cases.extend([
            Case::new("port-selector: pick upwards, bind", || peers::port_selector_from(START).and_then(Picked::bind)),
            Case::new("reserve-port: `ScanningPortFinder`, bind", || {
                peers::reserve_port_scan::<START, END>().and_then(Picked::bind)
            }),
        ]);
        table(&format!("{title}, {busy} busy"), cases, Effort { rounds: effort.rounds.div_ceil(5), ..effort });
    }
}

/// What no search in user space can do without: a call for each busy port.
fn floor() -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let mut ports = RANGE;
    let bound = ports.any(|port| socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).is_ok());
    assert!(bound);
    socket.listen(128).unwrap();
    socket
}
