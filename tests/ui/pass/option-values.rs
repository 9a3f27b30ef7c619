//! An option takes any expression, and evaluates it in the scope of the function.
#![deny(warnings)]

use port_runtime::{Order, PortRequest, Ports, with_free_port};
use std::cell::Cell;
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

struct Config {
    host: String,
    port: Option<u16>,
    calls: Cell<u32>,
}

fn parse<A, B: std::str::FromStr>(text: &str) -> Option<B> {
    let _ = std::any::type_name::<A>();
    text.parse().ok()
}

trait Default2<A, B> {
    const PORT: u16;
}

impl<A, B> Default2<A, B> for Config {
    const PORT: u16 = 8080;
}

impl Config {
    #[with_free_port(host = self.host.clone(), prefer = self.port?, backlog = { self.calls.set(self.calls.get() + 1); 7 })]
    fn question_mark(&self, first: TcpListener, second: UdpSocket) -> Option<(TcpListener, UdpSocket)> {
        Some((first, second))
    }

    #[with_free_port(prefer = self.later().await)]
    async fn awaited(&self, listener: TcpListener) -> TcpListener {
        listener
    }

    async fn later(&self) -> u16 {
        8080
    }
}

#[with_free_port(
    host = if cfg!(unix) { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED },
    range = match std::env::args().count() { 0 => 1..=2, _ => 8000..=8010 },
    prefer = parse::<HashMap<u8, u8>, u16>("8080").unwrap_or(8080),
    timeout = Duration::from_secs(1) + [1, 2].iter().map(|n| Duration::from_secs(*n)).fold(Duration::ZERO, |a, b| a + b),
    backlog = (|a: u32, b: u32| a + b)(1, 2) << 1,
)]
fn expressions(listener: TcpListener) -> TcpListener {
    listener
}

type Second<A, B> = <(A, B) as Pair>::Second;

trait Pair {
    type Second;
}

impl<A, B> Pair for (A, B) {
    type Second = B;
}

#[with_free_port(backlog = 7_u8 as Second<u8, u32>, prefer = 5_u8 as fn_types::Third<u8, Second<u8, u8>, u16>)]
fn casts(listener: TcpListener) -> TcpListener {
    listener
}

mod fn_types {
    pub type Third<A, B, C> = super::Second<(A, B), C>;
}

#[with_free_port(prefer = <Config as Default2<u8, u16>>::PORT, host = IpAddr::from([127, 0, 0, 1]))]
fn qualified(listener: TcpListener) -> TcpListener {
    listener
}

#[with_free_port(host = "::1")]
fn parameter_wins(#[free_port(host = "127.0.0.1")] listener: TcpListener) -> bool {
    listener.local_addr().unwrap().is_ipv4()
}

fn policy() -> PortRequest {
    PortRequest::new().backlog(1)
}

#[with_free_port(request = policy(), prefer = 8080)]
fn on_top_of_a_policy(listener: TcpListener) -> TcpListener {
    listener
}


#[with_free_port(request = policy())]
fn policy_alone(listener: TcpListener) -> TcpListener {
    listener
}

#[with_free_port]
fn earlier_parameters(
    config: &Config,
    #[free_port(host = config.host.as_str())] first: TcpListener,
    #[free_port(prefer = first.local_addr().unwrap().port())] second: UdpSocket,
) -> (TcpListener, UdpSocket) {
    (first, second)
}

macro_rules! with_values {
    ($host:expr, $range:literal, $path:path) => {
        #[with_free_port(host = $host, prefer = $range, crate = $path)]
        fn values_from_a_macro(listener: TcpListener) -> TcpListener {
            listener
        }
    };
}

with_values!(Ipv4Addr::LOCALHOST, 8080, ::port_runtime);

struct Args {
    port: Option<u16>,
    order: Order,
}

#[with_free_port(port = args.port, range = [28455, 28457], order = stable(env!("CARGO_MANIFEST_DIR")), except = 28456..=28456)]
fn from_arguments(args: &Args, #[free_port] listener: TcpListener, #[free_port(order = args.order.clone())] other: UdpSocket) {
    drop((listener, other));
}

#[with_free_port(port = 0, except = [28456])]
fn any_port(_listener: TcpListener) {}

#[with_free_port(
    prefer = if let Some(port) = args.port { port } else { 'a: { break 'a 8080 } },
    backlog = unsafe { std::num::NonZero::new_unchecked(5_u32) }.get() & !0,
    range = (|low: u16, high: u16| low..high)(28470, 28480),
    env = const { "FREE_PORT_NOBODY_SETS" },
    order = match args.port { None => Order::lowest(), Some(_) => args.order.clone() },
)]
fn all_kinds_of_expressions(args: &Args, #[free_port] _listener: TcpListener) {}

#[with_free_port(port = None, range = vec![28460, 28461, 28462], order = lowest, except = Ports::from(28461..28462))]
fn expressions_of_ports(_listener: TcpListener) {}

#[with_free_port(port = if true { Some(0) } else { None }, range = 28463..28466, order = Order::random())]
fn expressions_in_braces(_listener: TcpListener) {}

// A path to the crate that re-exports the runtime will do.
#[with_free_port(crate = harness::hidden, range = 20000..30000, order = random)]
fn one_level_up(_listener: TcpListener) {}

mod harness {
    pub mod hidden {
        pub use port_runtime;
    }

    #[macro_export]
    macro_rules! through_a_harness {
        ($name:ident) => {
            #[$crate::harness::hidden::port_runtime::with_free_port(crate = $crate::harness::hidden::port_runtime)]
            fn $name(listener: std::net::TcpListener) -> std::net::TcpListener {
                listener
            }
        };
    }
}

through_a_harness!(re_exported);

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!(),
    }
}

fn main() {
    let mut config = Config { host: "127.0.0.1".to_owned(), port: Some(8080), calls: Cell::new(0) };
    assert!(config.question_mark().is_some());
    assert_eq!(config.calls.get(), 2, "each parameter evaluates the options once");
    assert!(config.port.take().is_some() && config.question_mark().is_none());
    ready(config.awaited());
    expressions();
    qualified();
    casts();
    assert!(parameter_wins());
    on_top_of_a_policy();
    policy_alone();
    earlier_parameters(&config);
    values_from_a_macro();
    from_arguments(&Args { port: None, order: Order::lowest() });
    any_port();
    expressions_of_ports();
    all_kinds_of_expressions(&Args { port: None, order: Order::lowest() });
    expressions_in_braces();
    one_level_up();
    re_exported();
}
