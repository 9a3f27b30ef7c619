use std::collections::VecDeque;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::args::{Args, RivalKind};
use crate::claim::Claim;
use crate::report::Tally;

/// Binds one number after the other, again and again, until its standard input ends.
pub(crate) fn interfere(args: &Args, kind: RivalKind, table: &Path) -> io::Result<()> {
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
    let mut held: VecDeque<(Claim, Socket)> = VecDeque::with_capacity(args.held);
    while !done.load(Ordering::Relaxed) {
        for port in args.range.clone() {
            let Some(socket) = bind(port, kind)? else { continue };
            match Claim::new(table, port, kind.into())? {
                // The socket stays while it is found out why it cannot listen, as the claim does.
                Ok(claim) => match listen(&socket, kind) {
                    Ok(()) => {
                        held.push_back((claim, socket));
                        tally.obtained += 1;
                    }
                    Err(error) if kind == RivalKind::Late && !claim.was_raced() => {
                        tally.lose(format!("a rival that had bound {port} cannot listen: {error}"));
                    }
                    // Another one was in time.
                    Err(_) => {}
                },
                // It was bound a moment after somebody who is about to listen.
                Err(_) if kind == RivalKind::Late => {}
                Err(conflict) => tally.lose(format!("a rival has {port} as well: {conflict:?}")),
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

fn bind(port: u16, kind: RivalKind) -> io::Result<Option<Socket>> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // On Windows the option would let it take the port from anybody.
    socket.set_reuse_address(kind != RivalKind::Plain && cfg!(unix))?;
    let bound = socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into());
    let bound = bound.and_then(|()| if kind == RivalKind::Late { Ok(()) } else { socket.listen(128) });
    match bound {
        Ok(()) => Ok(Some(socket)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A late one imports its application first.
fn listen(socket: &Socket, kind: RivalKind) -> io::Result<()> {
    if kind == RivalKind::Late {
        thread::sleep(Duration::from_micros(500));
        socket.listen(128)?;
    }
    Ok(())
}
