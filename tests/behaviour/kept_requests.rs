//! A request is plain data: a clone that a member of something bigger keeps is as if it had never been in one.

use std::net::{TcpListener, TcpStream, UdpSocket};

use port_runtime::{DualStack, Error, FromFreePort, PortRequest};

use crate::support::Block;

/// A server that keeps the request, to bind once more when it is restarted.
struct Keeper {
    listener: TcpListener,
    request: PortRequest,
}

impl FromFreePort for Keeper {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        Ok(Self { listener: request.bind()?, request: request.clone() })
    }
}

impl Keeper {
    fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }
}

#[test]
fn bind_anew_when_the_tuple_is_done() {
    let block = Block::new();
    let (keeper, udp): (Keeper, UdpSocket) = PortRequest::new().prefer(block.port(1)).bind().unwrap();
    assert_eq!((keeper.port(), udp.local_addr().unwrap().port()), (block.port(1), block.port(1)));
    // What was asked for is asked for again: the preferred port is in use, and the kernel chooses.
    let again: TcpListener = keeper.request.bind().unwrap();
    assert_ne!(again.local_addr().unwrap().port(), block.port(1));
    let (request, port) = (keeper.request.clone(), keeper.port());
    drop(keeper);
    let again: TcpListener = request.bind().unwrap();
    assert_eq!(again.local_addr().unwrap().port(), port);
    // Any number of times, and as a tuple, too.
    let other: (TcpListener, UdpSocket) = request.bind().unwrap();
    assert_ne!(other.0.local_addr().unwrap().port(), port);
}

#[test]
fn hold_no_number() {
    let (keeper, request) = {
        let keeper: (Keeper,) = PortRequest::new().bind().unwrap();
        let request = keeper.0.request.clone();
        (keeper, request)
    };
    let address = keeper.0.listener.local_addr().unwrap();
    drop(keeper);
    assert!(TcpStream::connect(address).is_err());
    drop(request);
}

#[cfg_attr(not(has_ipv6), ignore = "the machine has no ::1")]
#[test]
fn forget_the_family_of_a_dual_stack() {
    let both: DualStack<Keeper> = PortRequest::new().bind().unwrap();
    // Neither half remembers that it was one: the default host is bound.
    for request in [&both.v4.request, &both.v6.request] {
        let listener: TcpListener = request.bind().unwrap();
        assert!(listener.local_addr().unwrap().is_ipv4());
        let socket: UdpSocket = request.bind().unwrap();
        assert_ne!(socket.local_addr().unwrap().port(), both.v4.port());
    }
    // Nothing holds the number on the addresses that neither half is bound to.
    let port = both.v4.port();
    drop(both.v4.listener);
    drop(both.v6.listener);
    let everywhere = std::net::SocketAddr::from(([127, 0, 0, 3], port));
    crate::support::sockets::plain(socket2::Type::STREAM, everywhere).unwrap();
}

#[test]
fn of_a_tuple_that_failed_bind_as_well() {
    struct Fails;
    impl FromFreePort for Fails {
        fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
            KEPT.with_borrow_mut(|kept| kept.push(request.clone()));
            Err(Error::other("no"))
        }
    }
    thread_local!(static KEPT: std::cell::RefCell<Vec<PortRequest>> = const { std::cell::RefCell::new(Vec::new()) });

    assert!(PortRequest::new().bind::<(TcpListener, Fails)>().is_err());
    let kept = KEPT.take();
    assert_eq!(kept.len(), 1);
    kept[0].bind::<TcpListener>().unwrap();
}

/// A member may bind in another thread, and more than one socket.
#[test]
fn are_members_in_other_threads_while_the_tuple_is_bound() {
    struct Threaded([u16; 2]);
    impl FromFreePort for Threaded {
        fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
            let copy = request.clone();
            let tcp = std::thread::spawn(move || copy.bind::<TcpListener>()).join().expect("it does not panic")?;
            let udp: UdpSocket = request.bind()?;
            Ok(Self([tcp.local_addr()?.port(), udp.local_addr()?.port()]))
        }
    }
    let (Threaded([tcp, udp]),) = PortRequest::new().bind().unwrap();
    assert_eq!(tcp, udp);
}
