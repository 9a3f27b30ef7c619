//! Descriptors of all kinds, put at the numbers from 3 on.
#![allow(unsafe_code, reason = "bare system calls on descriptors by their numbers")]

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use test_support::Random;

pub(crate) const FIRST: RawFd = 3;
/// How many numbers are dealt with from the first on.
const SEATS: RawFd = 7;
/// Above the seats, and where nobody else's descriptor is to be expected.
const LAST: RawFd = 300;

/// One of each kind, above the seats.
pub(crate) struct Sources {
    listeners: Vec<OwnedFd>,
    others: Vec<OwnedFd>,
    _kept: [OwnedFd; 2],
}

impl Sources {
    pub(crate) fn new() -> Self {
        // Takes the seats, so that all that is opened next is above them; that they are empty again matters to nobody.
        let _seats: Vec<_> = (0..SEATS).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        let listeners: Vec<_> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let client = TcpStream::connect(listeners[0].local_addr().unwrap()).unwrap();
        let (accepted, _) = listeners[0].accept().unwrap();
        let (unix, peer) = UnixStream::pair().unwrap();
        let file = std::fs::File::open("/dev/null").unwrap();
        let datagram = UdpSocket::bind("127.0.0.1:0").unwrap();
        let others = vec![datagram.into(), client.into(), unix.into(), file.into()];
        let listeners = listeners.into_iter().map(OwnedFd::from).collect();
        Self { listeners, others, _kept: [accepted.into(), peer.into()] }
    }

    /// Puts something at each of the seats, in a process that is about to try; most are as passed by a service manager.
    pub(crate) fn seat(&self, random: &mut Random) {
        let internet_only = random.one_in(2);
        for number in FIRST..FIRST + SEATS {
            let (others, listener) = (&self.others, random.pick(&[0, 1, 2]));
            let source = match random.below(12) {
                0 => None,
                1..=4 if !internet_only => Some(&others[random.below(others.len())]),
                1..=3 => Some(&others[0]),
                _ => Some(&self.listeners[listener]),
            };
            let flags = if random.one_in(30) { libc::O_CLOEXEC } else { 0 };
            match source {
                Some(source) => {
                    // SAFETY: a fork with one thread; what was at that number belongs to nobody.
                    unsafe { libc::dup3(source.as_raw_fd(), number, flags) };
                }
                None => {
                    // SAFETY: likewise.
                    unsafe { libc::close(number) };
                }
            }
        }
    }
}

/// What is open: by number, what it is, and whether it is close-on-exec.
pub(crate) type Open = BTreeMap<RawFd, Descriptor>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptor {
    identity: (libc::dev_t, libc::ino_t),
    pub(crate) close_on_exec: bool,
}

impl Descriptor {
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

pub(crate) fn open() -> Open {
    (0..LAST).filter_map(|number| Some((number, look(number)?))).collect()
}

fn look(number: RawFd) -> Option<Descriptor> {
    // SAFETY: F_GETFD reads flags; on a number that is not open it fails.
    let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
    if flags == -1 {
        return None;
    }
    // SAFETY: a C struct of numbers, for which zero is valid.
    let mut file: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a structure of the right type that lives until the call returns.
    let status = unsafe { libc::fstat(number, &raw mut file) };
    (status == 0)
        .then_some(Descriptor { identity: (file.st_dev, file.st_ino), close_on_exec: flags & libc::FD_CLOEXEC != 0 })
}
