//! Every form of function keeps its form.
#![deny(warnings)]

use port_runtime::{Error, FromFreePort, PortRequest, with_free_port};
use std::fmt::Debug;
use std::net::{SocketAddr, TcpListener, UdpSocket};

/// Documentation stays.
#[with_free_port]
#[must_use]
#[inline(never)]
pub(crate) fn attributes(listener: TcpListener) -> SocketAddr {
    listener.local_addr().unwrap()
}

#[with_free_port]
fn generics<'a, T, const N: usize>(
    value: &'a T,
    #[free_port] listener: TcpListener,
    numbers: [u8; N],
) -> (&'a T, SocketAddr, usize)
where
    T: Debug + ?Sized,
{
    (value, listener.local_addr().unwrap(), numbers.len())
}

#[with_free_port]
fn type_of_caller<T: FromFreePort>(value: T) -> T {
    value
}

#[with_free_port]
fn called<F: FnOnce(TcpListener) -> Vec<u8>>(call: F, #[free_port] listener: TcpListener) -> Vec<u8> {
    call(listener)
}

#[with_free_port]
unsafe fn dangerous(_: TcpListener) {}

#[with_free_port]
extern "Rust" fn rust_abi(_: TcpListener) {}

#[with_free_port]
fn arrays_and_paths(
    PairOf(_first, _second): Pair<{ 1 + 1 }>,
    mut last: std::net::TcpListener,
) {
    last.set_nonblocking(true).unwrap();
    last = TcpListener::bind("127.0.0.1:0").unwrap();
    drop(last);
}

type Pair<const N: usize> = PairOf<TcpListener, UdpSocket>;
struct PairOf<A, B>(A, B);

impl<A: FromFreePort, B: FromFreePort> FromFreePort for PairOf<A, B> {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        Ok(Self(request.bind()?, request.bind()?))
    }
}

#[with_free_port]
fn recursion(depth: usize, #[free_port] listener: TcpListener) -> Vec<u16> {
    let mut ports = if depth == 0 { vec![] } else { recursion(depth - 1) };
    ports.push(listener.local_addr().unwrap().port());
    ports
}

#[with_free_port]
fn outer(listener: TcpListener) {
    #[with_free_port]
    fn inner(listener: TcpListener) -> u16 {
        listener.local_addr().unwrap().port()
    }
    assert_ne!(inner(), listener.local_addr().unwrap().port());
}

#[with_free_port]
fn inner_attributes(listener: TcpListener) {
    #![allow(unused_variables)]
    let listener = listener;
}

/// They are the function's, and not those of the block that the body becomes.
#[with_free_port]
fn inner_attributes_of_the_function(_listener: TcpListener, unused: UdpSocket) -> std::panic::Location<'static> {
    //! Inner documentation.
    #![allow(unused_variables)]
    #![inline(never)]
    #![must_use]
    #![track_caller]
    *std::panic::Location::caller()
}

/// A type that `macro_rules!` inserts is one, even if it begins with a `<`.
macro_rules! with_generics {
    ($ty:ty, $bound:path) => {
        #[with_free_port]
        fn generics_from_a_macro<T: Into<$ty>, U: $bound>(value: T, _other: U, #[free_port] _: TcpListener) -> $ty {
            value.into()
        }

        #[with_free_port]
        fn only_filled<T: Into<$ty>>(listener: TcpListener) -> bool {
            listener.local_addr().is_ok()
        }
    };
}

with_generics!(<Vec<u16> as IntoIterator>::Item, std::convert::Into<<Vec<u16> as IntoIterator>::Item>);

#[with_free_port]
fn borrowed_patterns((ref mut first, second): (TcpListener, UdpSocket), ref mut whole: TcpListener, [ref mut a, _]: [UdpSocket; 2]) {
    *first = TcpListener::bind("127.0.0.1:0").unwrap();
    first.set_nonblocking(true).unwrap();
    second.set_nonblocking(true).unwrap();
    *whole = first.try_clone().unwrap();
    *a = second;
}

/// What a tool is told about a parameter is no reason to leave it to others.
#[with_free_port]
#[rustfmt::skip]
fn told_to_tools(#[rustfmt::skip] listener: TcpListener, #[allow(clippy::all)] other: TcpListener) -> (TcpListener, TcpListener) {
    (listener, other)
}

enum Either {
    Left(TcpListener),
    Right(TcpListener),
}

impl FromFreePort for Either {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        request.bind().map(if cfg!(any()) { Either::Left } else { Either::Right })
    }
}

/// A name stands twice in a pattern with `|`, and is one.
#[with_free_port]
fn alternatives((Either::Left(listener) | Either::Right(listener)): Either, ref other @ (_, ref socket): (TcpListener, UdpSocket)) -> bool {
    listener.local_addr().is_ok() && socket.local_addr().unwrap().port() == other.0.local_addr().unwrap().port()
}

/// Two names from two places are two, even if they look alike.
macro_rules! hygienic {
    ($listener:ident) => {
        #[with_free_port]
        fn look_alike($listener: TcpListener, listener: UdpSocket) -> (TcpListener, UdpSocket) {
            ($listener, listener)
        }
    };
}

hygienic!(listener);

struct Service {
    name: String,
}

trait Start {
    fn start(&self) -> String;
    fn provided(&self) -> bool;
}

impl Start for Service {
    #[with_free_port]
    fn start(&self, listener: TcpListener) -> String {
        format!("{} on {}", self.name, listener.local_addr().unwrap())
    }

    #[with_free_port]
    fn provided(&self, #[free_port] _: TcpListener) -> bool {
        true
    }
}

impl Service {
    #[with_free_port]
    fn new(_: TcpListener) -> Self {
        Self { name: String::from("web") }
    }

    #[with_free_port]
    fn consume(mut self, _: TcpListener) -> String {
        self.name.push('!');
        self.name
    }

    #[with_free_port]
    fn borrowed<'a>(&'a mut self, _: TcpListener) -> &'a mut String {
        &mut self.name
    }

    #[with_free_port]
    fn elided(&self, _: TcpListener) -> &str {
        &self.name
    }

    #[with_free_port]
    fn elided_in_result(&self, _: TcpListener) -> std::io::Result<&str> {
        Ok(&self.name)
    }

    #[with_free_port]
    fn boxed(self: Box<Self>, _: TcpListener) -> Box<Self> {
        self
    }

    #[with_free_port]
    async fn asynchronous(&self, _: TcpListener) -> &str {
        &self.name
    }
}

macro_rules! generated {
    ($($vis:vis fn $name:ident($pattern:tt: $ty:ty) $body:block)*) => {
        $(#[with_free_port] $vis fn $name($pattern: $ty) $body)*
    };
}

generated! {
    pub fn generated_public(listener: TcpListener) { drop(listener) }
    fn generated_pair(_: PairOf<TcpListener, UdpSocket>) {}
}

macro_rules! annotated {
    ($item:item) => {
        #[with_free_port]
        $item
    };
}

annotated! {
    /// An item as a whole.
    fn whole_item(listener: TcpListener) -> TcpListener { listener }
}

annotated! {
    fn whole_item_that_returns_nothing(_: TcpListener) {}
}

#[with_free_port]
fn configured(#[cfg(all())] listener: TcpListener, #[cfg(any())] listener: Missing) -> TcpListener {
    listener
}

#[with_free_port]
fn expected(
    #[expect(unused_variables)] listener: TcpListener,
    #[expect(unused_mut)] mut socket: UdpSocket,
    #[expect(deprecated)] old: Old,
    #[allow(unused)] other: TcpListener,
) {
    drop((socket, old));
}

#[deprecated]
struct Old;

#[allow(deprecated)]
impl FromFreePort for Old {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        Ok(Old)
    }
}

fn main() {
    assert_ne!(attributes().port(), 0);
    assert_eq!(generics("text", [0; 3]).2, 3);
    let _: TcpListener = type_of_caller();
    assert_eq!(called(|_| vec![5]), [5]);
    unsafe { dangerous() };
    rust_abi();
    arrays_and_paths();
    assert_eq!(recursion(2).len(), 3);
    outer();
    inner_attributes();
    let place = inner_attributes_of_the_function();
    assert_eq!(place.line(), line!() - 1);
    assert_eq!(generics_from_a_macro(5_u8, 5_u8), 5_u16);
    assert!(only_filled::<u8>());
    borrowed_patterns();
    told_to_tools();
    look_alike();
    assert!(alternatives());
    let mut service = Service::new();
    assert!(service.start().starts_with("web on 127.0.0.1:"));
    assert!(service.provided());
    service.borrowed().push('s');
    assert_eq!(service.elided(), "webs");
    assert_eq!(service.elided_in_result().unwrap(), "webs");
    drop(service.asynchronous());
    assert_eq!(Box::new(service).boxed().consume(), "webs!");
    generated_public();
    generated_pair();
    whole_item();
    whole_item_that_returns_nothing();
    configured();
    expected();
}
