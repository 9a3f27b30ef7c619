use std::io;

use socket2::Socket;

use super::binder::Binder;
use super::candidate::{Candidate, Source, Way};
use super::kind::Kind;
use super::numbers::Numbers;
use super::socket::{occupy, port_of};
use crate::order::Order;
use crate::request::PortRequest;

/// Somebody has each number when it is tried, as servers do that are started one after the other in step with the search;
/// meanwhile the earlier ones are free again.
#[test]
fn whoever_moves_on_in_step_with_a_search_does_not_fill_its_range() {
    for order in [Order::lowest(), Order::random(), Order::stable("key")] {
        // Those that go past the connections of earlier servers, and those that do not, by turns.
        let ways = if order.is_stable() {
            [Way::Plain, Way::PastConnections, Way::Plain]
        } else {
            [Way::PastConnections, Way::Plain, Way::PastConnections]
        };
        for (looks, way) in (1..).zip(ways) {
            let found = beside_somebody_in_step(order, looks);
            let (candidate, socket) = found.unwrap_or_else(|| panic!("{order:?}: none is found after {looks} looks"));
            assert_eq!((candidate.source, candidate.way), (Source::RangeAgain, way), "{order:?}");
            assert_eq!(port_of(&socket).unwrap(), candidate.port);
        }
        assert!(beside_somebody_in_step(order, 4).is_none(), "{order:?}: there has to be an end");
    }
}

/// The search in a range of two, while so many looks find nothing.
fn beside_somebody_in_step(order: Order, looks: usize) -> Option<(Candidate, Socket)> {
    let loopback = ([127, 0, 0, 1], 0).into();
    // Two that are free just now.
    let guards = [(); 2].map(|()| occupy(Kind::LISTENER, loopback).unwrap());
    let ports = guards.each_ref().map(|guard| port_of(guard).unwrap());
    drop(guards);

    let request = PortRequest::new().range(ports).order(order);
    let mut numbers = Numbers::decide(request.settings(), Some(Kind::LISTENER)).unwrap();
    let mut binder = Binder::new(Kind::LISTENER, loopback, false, 1).unwrap();
    let mut refused = 0;
    let found = numbers.choose(&mut binder, |binder, candidate| {
        if refused < looks * ports.len() {
            refused += 1;
            return Err(io::ErrorKind::AddrInUse.into());
        }
        binder.bind(candidate.port, candidate.way)
    });
    found.unwrap()
}
