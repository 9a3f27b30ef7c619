//! Asks the system for any port, over and over, until its standard input ends: `rival 8080 16`. It fails if it is ever
//! given that port. The second number is how many ports it has at a time.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

const HOSTS: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::UNSPECIFIED),
];

fn any_port(host: IpAddr, reuse_address: bool, listens: bool) -> io::Result<Socket> {
    let address = SocketAddr::new(host, 0);
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(reuse_address)?;
    socket.bind(&address.into())?;
    if listens {
        socket.listen(1)?;
    }
    Ok(socket)
}

fn main() -> Result<(), Box<dyn Error>> {
    static STOP: AtomicBool = AtomicBool::new(false);

    let mut arguments = std::env::args().skip(1);
    let (Some(reserved), Some(at_a_time)) = (arguments.next(), arguments.next()) else {
        return Err("usage: rival <port> <how many>".into());
    };
    let (reserved, at_a_time): (u16, usize) = (reserved.parse()?, at_a_time.parse()?);
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        STOP.store(true, Ordering::Relaxed);
    });

    let mut kept = VecDeque::new();
    let mut count = 0_u64;
    let kinds =
        HOSTS.into_iter().flat_map(|host| [(true, true), (true, false), (false, false)].map(|kind| (host, kind)));
    for (host, (reuse_address, listens)) in kinds.cycle() {
        // Some have no IPv6, and a few ports may all be taken for a moment.
        if let Ok(socket) = any_port(host, reuse_address, listens) {
            if socket.local_addr()?.as_socket().is_some_and(|address| address.port() == reserved) {
                return Err(format!("{reserved} was given to a rival on {host} ({reuse_address}, {listens})").into());
            }
            count += 1;
            kept.push_back(socket);
        }
        if kept.len() > at_a_time {
            kept.pop_front();
        }
        if STOP.load(Ordering::Relaxed) {
            break;
        }
        // Thousands of ports per second are enough; the servers need time as well.
        std::thread::sleep(Duration::from_micros(50));
    }
    println!("{count}");
    Ok(())
}
