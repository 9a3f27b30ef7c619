//! Who has a port that is in use: "by redis-server (pid 4711)".
//!
//! Listeners and holds are named, clients are not: whose connection happens to use a number is nobody's business here.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::sys::owner::{self, Owner};
use crate::sys::sock_diag::{self, Entry, Protocol, State};

/// How many ports of a full range are told.
const FEW: usize = 3;
/// A longer command line is not shown.
const SHORT: usize = 60;
/// A search that takes longer is given up. It is for an error message.
const TIME_LIMIT: Duration = Duration::from_millis(200);

/// The end of a sentence about one address that is in use: ` by redis-server (pid 4711)`. Empty where the system does not
/// tell.
pub(crate) fn who_has(protocol: Protocol, address: SocketAddr) -> String {
    let port = address.port();
    let holders = holders(protocol, address.ip(), &[port]);
    holders.into_iter().next().map_or_else(String::new, |(_, words)| format!(" {words}"))
}

/// The end of a sentence about several ports: `; 8000 by redis-server (pid 4711), 8001 and 8002 by this process`. Of
/// many the first few, and empty where the system does not tell.
pub(crate) fn who_has_these(protocol: Protocol, ip: IpAddr, ports: &[u16]) -> String {
    // One answer of the system is for all, and the few can be picked afterwards.
    let mut told = String::new();
    let holders = holders(protocol, ip, ports);
    let mut groups: Vec<(Vec<u16>, &str)> = Vec::new();
    for (port, words) in &holders {
        match groups.last_mut() {
            Some((ports, same)) if same == words => ports.push(*port),
            _ => groups.push((vec![*port], words)),
        }
    }
    for (ports, words) in &groups {
        told += if told.is_empty() { "; " } else { ", " };
        let _ = match &ports[..] {
            [port] => write!(told, "{port} {words}"),
            [first, second] => write!(told, "{first} and {second} {words}"),
            [first, second, third, ..] => write!(told, "{first}, {second} and {third} {words}"),
            [] => Ok(()),
        };
    }
    if !told.is_empty() && holders.len() < ports.len() {
        told += ", …";
    }
    told
}

/// The first few of the ports about which something is known, and the words for it.
fn holders(protocol: Protocol, ip: IpAddr, ports: &[u16]) -> Vec<(u16, String)> {
    let (Some(&lowest), Some(&highest)) = (ports.iter().min(), ports.iter().max()) else { return Vec::new() };
    let ask = |states: &[State]| match protocol {
        Protocol::Tcp => sock_diag::tcp(states, lowest..=highest),
        Protocol::Udp => sock_diag::udp(lowest..=highest),
    };
    // Of TCP, whoever listens is told in no time, and for the connections the kernel goes through the largest of its tables.
    let questions: &[&[State]] = match protocol {
        Protocol::Tcp => &[&[State::Listen], &[State::Bound], &[State::TimeWait, State::Other]],
        Protocol::Udp => &[&[]],
    };
    let mut table = Vec::new();
    for states in questions {
        let Ok(entries) = ask(states) else { return Vec::new() };
        table.extend(entries);
        if ports.iter().take(FEW).all(|&port| Holder::of(protocol, in_the_way(&table, ip, port)).is_some()) {
            break;
        }
    }
    let (mut few, mut sockets) = (Vec::new(), Vec::new());
    for &port in ports {
        if let Some(holder) = Holder::of(protocol, in_the_way(&table, ip, port)) {
            sockets.extend(holder.socket());
            few.push((port, holder));
        }
        if few.len() == FEW {
            break;
        }
    }
    let mut owners = owner::owners(&sockets, TIME_LIMIT).into_iter();
    // Of whom nothing is found the socket may be closed by now: the search takes its time.
    let now = OnceCell::new();
    let is_gone = |socket: Entry| match now.get_or_init(|| ask(&[State::Listen, State::Bound])) {
        Ok(now) => now.iter().all(|it| it.inode != socket.inode),
        Err(_) => false,
    };
    let mut told = Vec::new();
    for (port, holder) in few {
        let words = match holder.socket() {
            Some(socket) => match owners.next().flatten() {
                None if is_gone(socket) => "by a program that has let it go meanwhile".to_owned(),
                owner => holder.words(owner),
            },
            None => holder.words(None),
        };
        told.push((port, words));
    }
    told
}

fn in_the_way(table: &[Entry], ip: IpAddr, port: u16) -> impl Iterator<Item = &Entry> + Clone {
    table.iter().filter(move |it| it.overlaps(SocketAddr::new(ip, port), false))
}

/// What is in the way.
#[derive(Debug, Clone, Copy)]
enum Holder {
    Listener(Entry),
    /// Bound, and not listening: a reservation, or a server that is not ready yet.
    Silent(Entry),
    /// Nothing but connections, of which one is open still.
    Connections,
    /// Nothing but connections that nobody has open any more.
    OldConnections,
}

impl Holder {
    fn of<'a>(protocol: Protocol, entries: impl Iterator<Item = &'a Entry> + Clone) -> Option<Self> {
        let first = |state| entries.clone().find(|it| it.state == state).copied();
        if let Some(listener) = first(State::Listen) {
            return Some(Self::Listener(listener));
        }
        if let Some(bound) = first(State::Bound) {
            // Of UDP, there is no more than that.
            return Some(if protocol == Protocol::Udp { Self::Listener(bound) } else { Self::Silent(bound) });
        }
        let mut entries = entries.peekable();
        entries.peek()?;
        Some(if entries.all(|it| it.inode == 0) { Self::OldConnections } else { Self::Connections })
    }

    fn socket(self) -> Option<Entry> {
        match self {
            Self::Listener(entry) | Self::Silent(entry) => Some(entry),
            Self::Connections | Self::OldConnections => None,
        }
    }

    fn words(self, owner: Option<Owner>) -> String {
        let (entry, silent) = match self {
            Self::Listener(entry) => (entry, false),
            Self::Silent(entry) => (entry, true),
            Self::Connections => return "by open connections only".to_owned(),
            Self::OldConnections => return "by old connections only".to_owned(),
        };
        let who = match owner {
            Some(owner) => name(&owner),
            None if owner::is_another_user(entry.uid) && !owner::is_a_user(entry.uid) => "another user".to_owned(),
            None if owner::is_another_user(entry.uid) => format!("another user (uid {})", entry.uid),
            // In another container, or it does not let anybody look.
            None => "a program that cannot be seen from here".to_owned(),
        };
        format!("by {who}{}", if silent { ", which does not listen" } else { "" })
    }
}

/// `redis-server (pid 4711)`, with the command line where that says more and is short.
pub(crate) fn name(owner: &Owner) -> String {
    match owner {
        Owner::ThisProcess => "this process".to_owned(),
        Owner::Other { pid, name, command } => {
            // Whatever somebody else calls himself, the error stays one line.
            let (name, command) = (name.escape_debug(), command.escape_debug().to_string());
            let says_more = command.contains(' ') && command.chars().count() <= SHORT;
            let command = if says_more { format!(": `{command}`") } else { String::new() };
            format!("{name} (pid {pid}{command})")
        }
    }
}

#[cfg(test)]
mod tests;
