//! Claims against a table of their own: the one of the process is filled from outside, once.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::panic::catch_unwind;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Duration;

use socket2::{SockRef, Type};

use super::claim::Claim;
use super::parse::wrong;
use super::table::{Passed, Table};
use crate::error::{Error, ErrorKind};
use crate::given::Inherit;
use crate::sys;

fn table(sockets: impl IntoIterator<Item = OwnedFd>, names: &[&str]) -> &'static Table {
    let mut names = names.iter().map(|&name| name.to_owned());
    let sockets = (3..).zip(sockets).map(|(number, socket)| Passed::new(number, names.next(), socket));
    Box::leak(Box::new(Table::new(std::process::id(), sockets.collect())))
}

fn tcp() -> OwnedFd {
    TcpListener::bind("127.0.0.1:0").unwrap().into()
}

fn udp() -> OwnedFd {
    UdpSocket::bind("127.0.0.1:0").unwrap().into()
}

fn claim(table: &'static Table, inherit: &Inherit, wanted: Type) -> Result<(Claim, SocketAddr), Error> {
    let fits = |socket: &SockRef<'_>| match socket.r#type() {
        Ok(found) if found == wanted => Ok(socket.local_addr().unwrap().as_socket().unwrap()),
        _ => Err("is of another kind".to_owned()),
    };
    Claim::of(table, inherit, &fits).map_err(wrong)
}

fn next(table: &'static Table, wanted: Type) -> Result<(Claim, SocketAddr), Error> {
    claim(table, &Inherit::Next, wanted)
}

/// A tuple of both, as a bind makes it: all or none.
fn pair(table: &'static Table) -> Result<[SocketAddr; 2], Error> {
    table.claiming(|| {
        let (first, tcp) = next(table, Type::STREAM)?;
        thread::yield_now();
        let (second, udp) = next(table, Type::DGRAM)?;
        thread::yield_now();
        first.keep();
        second.keep();
        Ok([tcp, udp])
    })
}

fn at_once<T: Send>(threads: usize, act: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(threads);
    let act = || {
        barrier.wait();
        act()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(act)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn a_claim_goes_back_or_is_kept() {
    let table = table([tcp(), udp()], &["http", "dns"]);
    assert_eq!(table.left_over().as_deref(), Some("descriptor 3 (`http`), descriptor 4 (`dns`)"));
    let (first, address) = next(table, Type::STREAM).unwrap();
    assert_eq!(table.left_over().as_deref(), Some("descriptor 4 (`dns`)"));
    let advice = "see sd_listen_fds(3), or unset LISTEN_FDS to do without passed sockets";
    let misfit = next(table, Type::STREAM).unwrap_err();
    assert_eq!(misfit.to_string(), format!("descriptor 4 (`dns`) is of another kind; {advice}"));
    drop(first);
    let (again, same) = next(table, Type::STREAM).unwrap();
    assert_eq!(same, address);
    again.keep();
    let taken = claim(table, &Inherit::Named("http".into()), Type::STREAM).unwrap_err();
    assert_eq!(taken.to_string(), format!("all passed sockets named `http` are taken already; {advice}"));
    claim(table, &Inherit::Named("dns".into()), Type::DGRAM).unwrap().0.keep();
    assert_eq!(table.left_over(), None);
    assert_eq!(next(table, Type::DGRAM).unwrap_err().kind(), ErrorKind::InheritedSocket);
}

#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn a_copy_lives_on() {
    let table = table([tcp()], &[]);
    let (claim, address) = next(table, Type::STREAM).unwrap();
    let copy = claim.copy().unwrap();
    assert!(sys::is_listening(&copy));
    claim.keep();
    assert_eq!(copy.local_addr().unwrap().as_socket(), Some(address));
    std::net::TcpStream::connect(address).unwrap();
    drop(copy);
    assert!(std::net::TcpStream::connect(address).is_err(), "the original is closed");
}

/// They belong to the socket, and the next who claims it, or somebody who shares it, relies on them.
#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn modes_that_were_changed_are_restored() {
    for before in [false, true] {
        let socket = udp();
        let shared = UdpSocket::from(socket.try_clone().unwrap());
        shared.set_nonblocking(before).unwrap();
        let timeout = before.then_some(Duration::from_millis(300));
        shared.set_read_timeout(timeout).unwrap();
        let table = table([socket], &[]);
        let (claim, _) = next(table, Type::DGRAM).unwrap();
        let is_nonblocking = || SockRef::from(&shared).nonblocking().unwrap();
        assert_eq!(is_nonblocking(), before, "a claim changes nothing");
        let copy = claim.copy().unwrap();
        copy.set_nonblocking(!before).unwrap();
        copy.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        copy.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        drop((copy, claim));
        let found = (is_nonblocking(), shared.read_timeout().unwrap(), shared.write_timeout().unwrap());
        assert_eq!(found, (before, timeout, None));

        let (claim, _) = next(table, Type::DGRAM).unwrap();
        claim.copy().unwrap().set_nonblocking(!before).unwrap();
        claim.keep();
        assert_eq!(is_nonblocking(), !before, "what is kept is as its owner wants it");
    }
}

#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn of_as_many_threads_as_pairs_none_fails() {
    const PAIRS: usize = 16;

    for _ in 0..if cfg!(miri) { 1 } else { 50 } {
        let table = table((0..PAIRS).flat_map(|_| [tcp(), udp()]), &[]);
        let pairs: Result<Vec<_>, _> = at_once(PAIRS, || pair(table)).into_iter().collect();
        let (streams, datagrams): (HashSet<_>, HashSet<_>) =
            pairs.unwrap().into_iter().map(|[tcp, udp]| (tcp, udp)).unzip();
        assert_eq!((streams.len(), datagrams.len()), (PAIRS, PAIRS));
        assert_eq!(table.left_over(), None);
    }
}

/// Threads that each hold a part of what another one needs let go of it, and one of them gets all.
#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn of_more_threads_than_pairs_as_many_fail_as_have_to() {
    for _ in 0..20 {
        let table = table((0..15).flat_map(|_| [tcp(), udp()]), &[]);
        let results = at_once(16, || pair(table));
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 15, "{results:?}");
    }
    for _ in 0..20 {
        let table = table((0..31).map(|_| tcp()), &[]);
        let results = at_once(8, || {
            table.claiming(|| {
                let claims: Result<Vec<_>, _> = (0..4).map(|_| next(table, Type::STREAM)).collect();
                thread::yield_now();
                claims?.into_iter().for_each(|(claim, _)| claim.keep());
                Ok(())
            })
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 7, "{results:?}");
        assert_eq!(table.left_over().unwrap().split(", ").count(), 3);
    }
}

#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn a_claim_of_another_thread_is_waited_for() {
    let table = table([tcp(), udp()], &[]);
    let (claim, address) = next(table, Type::STREAM).unwrap();
    let (attempted, attempts) = mpsc::channel();
    thread::scope(|scope| {
        let other = scope.spawn(move || {
            table.claiming(|| {
                attempted.send(()).unwrap();
                next(table, Type::STREAM).map(|(claim, address)| {
                    claim.keep();
                    address
                })
            })
        });
        attempts.recv().unwrap();
        drop(claim);
        assert_eq!(other.join().unwrap().unwrap(), address);
    });
}

#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn own_claims_are_not_waited_for() {
    let table = table([tcp()], &[]);
    let (_claim, _) = next(table, Type::STREAM).unwrap();
    let mut attempts = 0;
    let result = table.claiming(|| {
        attempts += 1;
        next(table, Type::STREAM).map(|_| ())
    });
    result.unwrap_err();
    assert_eq!(attempts, 1);
}

/// Also where somebody else has a claim in flight.
#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn other_failures_are_not_repeated() {
    let table = table([tcp(), tcp()], &[]);
    let claim = thread::spawn(move || next(table, Type::STREAM)).join().unwrap().unwrap();
    let mut attempts = 0;
    let result = table.claiming(|| {
        attempts += 1;
        let (_claim, _) = next(table, Type::STREAM)?;
        Err::<(), _>(Error::other("the schema is missing"))
    });
    assert_eq!(result.unwrap_err().to_string(), "the schema is missing");
    assert_eq!(attempts, 1);
    drop(claim);
}

/// The waiting has an end, where the other thread keeps its claim to itself.
#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn a_claim_in_flight_for_ever_is_not_waited_for_any_longer() {
    let table = table([tcp()], &[]);
    let claim = thread::spawn(move || next(table, Type::STREAM)).join().unwrap().unwrap();
    let mut attempts = 0;
    let result = table.claiming(|| {
        attempts += 1;
        next(table, Type::STREAM).map(|_| ())
    });
    assert_eq!(result.unwrap_err().kind(), ErrorKind::InheritedSocket);
    assert_eq!(attempts, 1, "nothing has changed meanwhile");
    drop(claim);
}

#[test]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn a_panic_puts_back_what_was_claimed() {
    let table = table([tcp(), udp()], &[]);
    let panics = || {
        let _claim = next(table, Type::STREAM);
        panic!("on purpose");
    };
    catch_unwind(panics).unwrap_err();
    // In what examines a socket, too: the lock is not lost.
    catch_unwind(|| Claim::of(table, &Inherit::Next, &|_| -> Result<(), String> { panic!("on purpose") })).unwrap_err();
    pair(table).unwrap();
}
