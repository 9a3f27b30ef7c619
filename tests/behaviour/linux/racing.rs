//! Several of us after one number, which nobody else wants: one gets it, and the others step back for that one alone.

use std::net::TcpListener;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use port_runtime::{Order, PortRequest};

use super::holds_and_time_wait::leave_in_time_wait;
use crate::support::Block;
use crate::support::sockets::hold_everywhere;

const ROUNDS: u32 = 200;

/// In how many rounds nobody got the number; two never do.
fn rounds_without_a_winner(requests: [&PortRequest; 2]) -> u32 {
    let (start, end) = (Barrier::new(2), Barrier::new(2));
    let (winners, nobody) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for request in requests {
            let (start, end, winners, nobody) = (&start, &end, &winners, &nobody);
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    start.wait();
                    let result = request.bind::<TcpListener>();
                    if result.is_ok() {
                        winners.fetch_add(1, Ordering::Relaxed);
                    }
                    if end.wait().is_leader() {
                        match winners.swap(0, Ordering::Relaxed) {
                            0 => _ = nobody.fetch_add(1, Ordering::Relaxed),
                            winners => assert_eq!(winners, 1, "two listen on one number"),
                        }
                    }
                    end.wait();
                    drop(result);
                }
            });
        }
    });
    nobody.into_inner()
}

#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn one_gets_it_on_every_address_as_on_a_single_one() {
    for hosts in [["0.0.0.0"; 2], ["127.0.0.1", "0.0.0.0"], ["127.0.0.1"; 2], ["::"; 2]] {
        if hosts[0] == "::" && !cfg!(has_ipv6) {
            continue;
        }
        let block = Block::new();
        let port = block.port(1);
        leave_in_time_wait(block.listener(1));
        let requests: [fn(PortRequest, u16) -> PortRequest; 3] = [
            |it, port| it.range(port..=port),
            |it, port| it.range(port..=port).order(Order::stable("key")),
            PortRequest::port,
        ];
        for (way, request) in requests.into_iter().enumerate() {
            let [one, other] = hosts.map(|host| request(PortRequest::new().host(host), port));
            let nobody = rounds_without_a_winner([&one, &other]);
            assert!(nobody <= ROUNDS / 50, "{hosts:?}, way {way}: nobody got it in {nobody} of {ROUNDS} rounds");
        }
    }
}

/// A reservation does not go away because it was waited for.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn a_hold_is_no_rival_that_steps_back() {
    let block = Block::new();
    let _hold = hold_everywhere(block.port(1));
    for host in ["127.0.0.1", "0.0.0.0"] {
        let request = PortRequest::new().host(host).range(block.port(1)..=block.port(1));
        request.bind::<TcpListener>().unwrap_err();
    }
}

/// As many as there are numbers, all of them left by earlier servers: whoever steps back finds another.
#[cfg_attr(not(has_sock_diag), ignore = "needs Linux 6.8, which tells who is bound")]
#[test]
fn all_of_many_get_one_of_as_many() {
    const THREADS: u16 = 8;

    for order in [Order::lowest(), Order::random(), Order::stable("key")] {
        let block = Block::new();
        for index in 1..=THREADS {
            leave_in_time_wait(block.listener(index));
        }
        let request = PortRequest::new().range(block.port(1)..=block.port(THREADS)).order(order);
        let barrier = Barrier::new(usize::from(THREADS));
        let failed = AtomicU32::new(0);
        let take_one = || {
            for _ in 0..ROUNDS / 4 {
                barrier.wait();
                let result = request.bind::<TcpListener>();
                failed.fetch_add(u32::from(result.is_err()), Ordering::Relaxed);
                barrier.wait();
            }
        };
        thread::scope(|scope| (0..THREADS).for_each(|_| _ = scope.spawn(take_one)));
        let failed = failed.into_inner();
        assert!(failed <= 2, "{order:?}: {failed} of {} found none", u32::from(THREADS) * ROUNDS / 4);
    }
}
