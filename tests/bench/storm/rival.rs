use std::collections::VecDeque;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use socket2::{Domain, Socket, Type};

use crate::args::Args;
use crate::claim::Claim;
use crate::report::Tally;

/// Binds one number after the other, again and again, until its standard input ends.
pub(crate) fn interfere(args: &Args, plain: bool, folder: &Path) -> io::Result<()> {
    let done = Arc::new(AtomicBool::new(false));
    thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            done.store(true, Ordering::Relaxed);
        }
    });
    println!("ready");
    let mut tally = Tally::default();
    let mut held: VecDeque<(Claim, TcpListener)> = VecDeque::with_capacity(args.held);
    while !done.load(Ordering::Relaxed) {
        for port in args.range.clone() {
            let Some(listener) = bind(port, plain)? else { continue };
            match Claim::new(folder, port)? {
                Some(claim) => {
                    held.push_back((claim, listener));
                    tally.obtained += 1;
                }
                None => tally.lose(format!("a rival has {port} as well")),
            }
            if held.len() == args.held {
                held.pop_front();
            }
            if done.load(Ordering::Relaxed) {
                break;
            }
        }
    }
    println!("{}", tally.to_line());
    Ok(())
}

fn bind(port: u16, plain: bool) -> io::Result<Option<TcpListener>> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let bound = if plain {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&address.into()).and_then(|()| socket.listen(128)).map(|()| socket.into())
    } else {
        TcpListener::bind(address)
    };
    match bound {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => Ok(None),
        Err(error) => Err(error),
    }
}
