//! Passed sockets for things within things: what has to be on one number is, whatever is around it.

use std::net::{TcpListener, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::thread::{self, JoinHandle};

use port_runtime::{Bound, DualStack, Error, ErrorKind, FromFreePort, PortRequest};

use super::descriptors::is_nonblocking;
use super::{inherit, tcp, udp};
use crate::support::given::{Given, given_address};
use crate::support::{Block, Child};

/// TCP and UDP on one number.
fn pair(it: &mut Given) {
    let block = Block::for_processes();
    let socket = UdpSocket::bind(("127.0.0.1", block.port(1))).unwrap();
    it.descriptor(block.listener(1)).descriptor(socket);
}

type Pair = (TcpListener, UdpSocket);

/// All of them are there for whoever comes next.
#[track_caller]
fn nothing_is_lost(result: Result<impl Sized, Error>, message: &str) {
    let error = result.err().expect("they do not go together");
    assert_eq!(error.kind(), ErrorKind::InheritedSocket, "{error}");
    assert!(error.to_string().contains(message), "{error}");
    assert_eq!(inherit::<TcpListener>().unwrap().addr(), given_address(0));
}

#[test]
fn tuples_in_an_array_have_a_number_each() {
    Child::service().given(pair).given(pair).run(|| {
        let pairs: [Pair; 2] = inherit().unwrap();
        for (index, (listener, socket)) in pairs.iter().enumerate() {
            assert_eq!((listener.addr(), socket.addr()), (given_address(2 * index), given_address(2 * index)));
        }
        assert_ne!(pairs[0].0.port(), pairs[1].0.port());
    });
}

#[test]
fn a_tuple_in_an_array_is_of_one_number() {
    Child::service().given(pair).given(|it| _ = it.descriptor(tcp()).descriptor(udp())).run(|| {
        nothing_is_lost(inherit::<[Pair; 2]>(), "of the one before is wanted");
    });
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn a_dual_stack_in_an_array_is_of_one_number() {
    let v6 = || TcpListener::bind("[::1]:0").unwrap();
    Child::service().given(|it| _ = it.descriptor(tcp()).descriptor(v6())).run(|| {
        nothing_is_lost(inherit::<[DualStack<TcpListener>; 1]>(), "of the one before is wanted");
    });
}

/// A harness that wants a number for itself, whatever was passed.
struct Independent(TcpListener);

impl FromFreePort for Independent {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        request.clone().without_inherit().bind().map(Self)
    }
}

#[test]
fn who_wants_none_gets_none() {
    Child::service().given(pair).run(|| {
        let [Independent(one), Independent(other)] = inherit().unwrap();
        assert!([one.addr(), other.addr()].iter().all(|&it| it != given_address(0)));
        // Nor does a tuple in an array, whose number is its own.
        let [IndependentPair(tcp, udp)] = inherit().unwrap();
        assert!(tcp.port() == udp.port() && tcp.addr() != given_address(0));
        // Of a tuple, all are on the number that was passed.
        let (Independent(one), other) = inherit::<(Independent, UdpSocket)>().unwrap();
        assert_eq!((one.addr(), other.addr()), (given_address(0), given_address(1)));
    });
}

struct IndependentPair(TcpListener, UdpSocket);

impl FromFreePort for IndependentPair {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let (tcp, udp) = request.clone().without_inherit().bind()?;
        Ok(Self(tcp, udp))
    }
}

static LATE: OnceLock<Mutex<Option<Late>>> = OnceLock::new();

/// A thread that goes on where a constructor has ended.
struct Late {
    go: Sender<()>,
    thread: JoinHandle<Result<TcpListener, Error>>,
}

struct StartsThread(#[expect(dead_code, reason = "it is only held")] TcpListener);

impl FromFreePort for StartsThread {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let (go, gone): (_, Receiver<()>) = channel();
        let request = request.clone();
        let listener = request.bind()?;
        let thread = thread::spawn(move || {
            gone.recv().unwrap();
            request.bind()
        });
        *LATE.get_or_init(|| Mutex::new(None)).lock().unwrap() = Some(Late { go, thread });
        Ok(Self(listener))
    }
}

#[test]
fn a_thread_that_is_late_takes_its_own_for_good() {
    Child::service().given(|it| _ = it.descriptors([tcp(), tcp(), tcp()])).run(|| {
        let _both: [StartsThread; 1] = inherit().unwrap();
        let Late { go, thread } = LATE.get().unwrap().lock().unwrap().take().unwrap();
        go.send(()).unwrap();
        let late = thread.join().unwrap().unwrap();
        let next: TcpListener = inherit().unwrap();
        assert_eq!((late.addr(), next.addr()), (given_address(1), given_address(2)));
    });
}

/// Taking a passed socket takes one descriptor more than there were.
#[test]
fn are_not_lost_where_no_descriptor_is_left() {
    Child::service().given(pair).run(|| {
        let mut files = Vec::new();
        // The first use looks at them.
        inherit::<[TcpListener; 2]>().unwrap_err();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            files.push(file);
        }
        for error in [inherit::<TcpListener>().unwrap_err(), inherit::<Pair>().unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::TooManyOpenFiles, "{error}");
        }
        files.pop();
        let error = inherit::<Pair>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooManyOpenFiles, "{error}");
        drop(files);
        let both: Pair = inherit().unwrap();
        assert_eq!((both.0.addr(), both.1.addr()), (given_address(0), given_address(1)));
    });
}

struct Panics;

impl FromFreePort for Panics {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let _socket: UdpSocket = request.bind()?;
        panic!("on purpose");
    }
}

/// Whatever is around it, and whoever fails, they go back as they were.
#[test]
fn come_back_from_any_depth() {
    use tokio::net::UdpSocket as OfTokio;

    Child::service().given(pair).given(pair).run(|| {
        let without_io = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _entered = without_io.enter();
        for _ in 0..2 {
            inherit::<[(TcpListener, OfTokio); 2]>().unwrap_err();
            inherit::<([TcpListener; 1], (OfTokio,))>().unwrap_err();
            inherit::<[([TcpListener; 1], [OfTokio; 1]); 1]>().unwrap_err();
            inherit::<(TcpListener, DualStack<UdpSocket>)>().map(drop).unwrap_err();
            std::panic::catch_unwind(inherit::<(TcpListener, Panics)>).map(drop).unwrap_err();
            std::panic::catch_unwind(inherit::<[(TcpListener, Panics); 1]>).map(drop).unwrap_err();
            assert_eq!([3, 4, 5, 6].map(is_nonblocking), [false; 4]);
        }
        let pairs: [Pair; 2] = inherit().unwrap();
        for (index, (listener, socket)) in pairs.iter().enumerate() {
            assert_eq!((listener.addr(), socket.addr()), (given_address(2 * index), given_address(2 * index + 1)));
        }
    });
}
