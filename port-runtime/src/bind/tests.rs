use std::io;

use super::binder::Binder;
use super::candidate::{Source, Way};
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
        // Two that are free just now.
        let loopback = ([127, 0, 0, 1], 0).into();
        let guards = [(); 2].map(|()| occupy(Kind::LISTENER, loopback).unwrap());
        let ports = guards.each_ref().map(|guard| port_of(guard).unwrap());
        drop(guards);

        let request = PortRequest::new().range(ports).order(order);
        let mut numbers = Numbers::decide(request.settings(), Some(Kind::LISTENER)).unwrap();
        let mut binder = Binder::new(Kind::LISTENER, loopback, false, 1).unwrap();
        let mut refused = Vec::new();
        let found = numbers.choose(&mut binder, |binder, candidate| {
            if refused.len() < ports.len() {
                refused.push(candidate.port);
                return Err(io::ErrorKind::AddrInUse.into());
            }
            binder.bind(candidate.port, candidate.way)
        });
        let (candidate, socket) =
            found.unwrap().unwrap_or_else(|| panic!("{order:?}: none is found after {refused:?}"));
        assert_eq!(candidate.source, Source::RangeAgain, "{order:?}");
        assert_eq!(port_of(&socket).unwrap(), candidate.port);
        // What may be past the connections of earlier servers is tried so once, and plainly once.
        let stable = request.settings().order.is_stable();
        assert_eq!(candidate.way, if stable { Way::Plain } else { Way::PastConnections }, "{order:?}");
    }
}
