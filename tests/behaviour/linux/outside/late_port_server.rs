//! Port servers that take too long: given up after a time of their own, and no sooner.
#![allow(unsafe_code, reason = "signal handlers")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, ptr, thread};

use port_runtime::PortRequest;
use socket2::{Domain, SockAddr, Socket, Type};
use test_support::PLENTY;

use super::fake_port_server::{abstract_name, ask, serve_abstract};
use crate::support::{Block, Child};

/// A server that listens, accepts nobody, and whose backlog is full.
fn full() -> (String, Vec<Socket>) {
    let address = abstract_name();
    let bound = SockAddr::unix(address.replace('@', "\0")).unwrap();
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    server.bind(&bound).unwrap();
    server.listen(0).unwrap();
    let mut kept = vec![server];
    for _ in 0..100 {
        let client = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        client.set_nonblocking(true).unwrap();
        if client.connect(&bound).is_err() {
            return (address, kept);
        }
        kept.push(client);
    }
    panic!("the backlog never fills");
}

#[test]
fn is_given_up() {
    let silent = serve_abstract(|mut client| {
        // Even if the client never gives up.
        client.set_read_timeout(Some(PLENTY)).unwrap();
        let _ = client.read_to_end(&mut Vec::new());
    });
    // Each byte comes long before the limit, and all of them long after it.
    let slow = serve_abstract(|mut client| {
        for _ in 0..100 {
            thread::sleep(Duration::from_millis(500));
            if client.write_all(b"1").is_err() {
                break;
            }
        }
    });
    let (full, kept) = full();
    thread::spawn(move || {
        thread::sleep(PLENTY);
        drop(kept);
    });
    thread::scope(|scope| {
        for address in [silent, slow, full] {
            scope.spawn(move || {
                let late = "cannot be asked: it has not answered within 5s; is it running?";
                let expected = format!("PortServer the port server at {address} (PORTSERVER_ADDRESS) {late}");
                assert_eq!(ask(&address), Err(expected));
            });
        }
    });
}

/// Accepts after a while, and gives this port to whoever has not gone away before.
fn answer_late(server: Socket, clients: Vec<Socket>, port: u16) {
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        drop(clients);
        while let Ok((mut client, _)) = server.accept() {
            // Closed with the question unread, the connection would be reset.
            let _ = client.read(&mut [0; 16]);
            let _ = writeln!(client, "{port}");
        }
    });
}

/// A profiler or a child that ends sends one at any time. What waits in `connect` hears of it, because it has a timeout.
#[test]
fn is_waited_for_in_spite_of_signals() {
    extern "C" fn ignore(_: libc::c_int) {}

    let block = Block::for_processes();
    let give = |it: &mut crate::support::given::Given| {
        let (address, mut kept) = full();
        let clients = kept.split_off(1);
        answer_late(kept.remove(0), clients, block.port(1));
        it.variable("PORTSERVER_ADDRESS", address).variable("EXPECTED", block.port(1).to_string());
    };
    Child::new().given(give).run(|| {
        // SAFETY: all zeros is a valid value of this plain C structure.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = ignore as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESTART;
        // SAFETY: the handler does nothing.
        let status = unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, ptr::null_mut()) };
        assert_eq!(status, 0);
        // SAFETY: always sound to call.
        let waiting = unsafe { libc::pthread_self() };
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    // SAFETY: that thread waits for this one, so it is alive.
                    unsafe { libc::pthread_kill(waiting, libc::SIGUSR1) };
                    thread::sleep(Duration::from_millis(5));
                }
            });
            let listener = PortRequest::new().portserver().bind::<TcpListener>();
            over.store(true, Ordering::Relaxed);
            assert_eq!(listener.unwrap().local_addr().unwrap().port().to_string(), env::var("EXPECTED").unwrap());
        });
    });
}
