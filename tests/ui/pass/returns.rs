//! Any return type compiles; the type decides between returning the error and panicking.
#![deny(warnings)]
#![allow(unused_parens, reason = "on purpose, around an `impl Trait`")]

use port_runtime::{Error, FromFreePort, PortRequest, with_free_port};
use std::error::Error as StdError;
use std::net::TcpListener;
use std::future::Future;
use std::panic::catch_unwind;
use std::task::{Context, Poll, Waker};

/// A harness that never comes up.
struct Broken;

impl FromFreePort for Broken {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        Err(std::io::Error::other("broken on purpose").into())
    }
}

type Alias<T> = Result<T, Box<dyn StdError + Send + Sync>>;

#[derive(Debug)]
enum Foreign {
    Port(#[allow(dead_code)] Error),
}

impl From<Error> for Foreign {
    fn from(error: Error) -> Self {
        Self::Port(error)
    }
}

#[with_free_port]
fn io(_: Broken) -> std::io::Result<u8> {
    Ok(0)
}

#[with_free_port]
fn alias(_: Broken) -> Alias<()> {
    Ok(())
}

#[with_free_port]
fn foreign(_: Broken) -> Result<(), Foreign> {
    Ok(())
}

#[with_free_port]
fn boxed(#[expect(unused)] redis: Broken) -> Result<(), Box<dyn StdError>> {
    Ok(())
}

/// As most errors of applications do, it knows what `io` reports, and has never heard of ports.
#[derive(Debug)]
enum OnlyIo {
    Io(std::io::Error),
}

impl From<std::io::Error> for OnlyIo {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

#[with_free_port]
fn only_io(_: Broken) -> Result<u8, OnlyIo> {
    Ok(0)
}

#[with_free_port(on_error = return)]
fn only_io_forced(_: Broken) -> Result<u8, OnlyIo> {
    Ok(0)
}

#[with_free_port]
async fn only_io_in_future(_: Broken) -> Result<u8, OnlyIo> {
    Ok(0)
}

#[with_free_port]
fn impl_error(_: Broken) -> Result<u8, impl StdError> {
    Ok::<u8, std::io::Error>(0)
}

#[with_free_port]
fn boxed_impl_error(_: Broken) -> Result<fn(u8) -> u8, Box<impl StdError>> {
    Err(Box::new(std::io::Error::other("never")))
}

#[with_free_port]
async fn impl_error_in_future(_: Broken) -> Result<u8, impl StdError> {
    Ok::<u8, std::io::Error>(0)
}

#[with_free_port]
fn in_parentheses(_: Broken) -> (impl Iterator<Item = u8>) {
    0..3
}

#[with_free_port]
fn uninhabited(_: Broken) -> std::convert::Infallible {
    std::process::exit(0)
}

#[with_free_port]
fn unsized_behind_box(_: Broken) -> Box<dyn Fn(u8) -> u8> {
    Box::new(|n| n)
}

#[with_free_port]
fn nested_impl(_: Broken) -> std::io::Result<impl Iterator<Item = Box<dyn Fn() -> u8>> + Send + 'static> {
    #[allow(trivial_casts)]
    Ok(std::iter::empty::<Box<dyn Fn() -> u8>>().map(|f| f).filter(|_| true).take(0).collect::<Nothing>())
}

struct Nothing;

impl Iterator for Nothing {
    type Item = Box<dyn Fn() -> u8>;
    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

impl<T> FromIterator<T> for Nothing {
    fn from_iter<I: IntoIterator<Item = T>>(_: I) -> Self {
        Nothing
    }
}

#[with_free_port]
fn two_impls(_: TcpListener) -> (impl Fn(u8) -> u8 + Clone, Option<impl Iterator<Item = u8>>) {
    (|n| n + 1, Some(0..3))
}

#[with_free_port]
fn bare_impl(_: Broken) -> impl Iterator<Item = u8> + use<> {
    [1, 2, 3].into_iter()
}

#[with_free_port]
fn other_error(_: Broken) -> Result<(), String> {
    Ok(())
}

#[with_free_port]
fn unit(_: Broken) {}

#[with_free_port]
fn option(_: Broken) -> Option<u8> {
    None
}

#[with_free_port]
fn never(_: Broken) -> ! {
    std::process::exit(3)
}

#[with_free_port(on_error = panic)]
fn forced_panic(_: Broken) -> std::io::Result<()> {
    Ok(())
}

#[with_free_port(on_error = return)]
fn forced_return(_: Broken) -> Result<(), Foreign> {
    Ok(())
}

#[with_free_port]
fn generic_error<E: From<Error>>(_: Broken) -> Result<(), E> {
    Ok(())
}

#[with_free_port]
fn generic_error_without_conversion<E>(_: Broken, #[free_port] _: Broken) -> Result<(), E> {
    Ok(())
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!(),
    }
}

fn main() {
    assert_eq!(io().unwrap_err().to_string(), "_: Broken: broken on purpose");
    assert_eq!(alias().unwrap_err().to_string(), "_: Broken: broken on purpose");
    assert_eq!(boxed().unwrap_err().to_string(), "redis: Broken: broken on purpose");
    assert!(matches!(foreign(), Err(Foreign::Port(_))));
    assert!(matches!(forced_return(), Err(Foreign::Port(_))));
    assert!(matches!(generic_error::<Foreign>(), Err(Foreign::Port(_))));
    assert!(nested_impl().is_err());
    assert!(matches!(only_io(), Err(OnlyIo::Io(error)) if error.to_string() == "_: Broken: broken on purpose"));
    assert!(matches!(only_io_forced(), Err(OnlyIo::Io(_))));
    assert!(matches!(ready(only_io_in_future()), Err(OnlyIo::Io(_))));
    assert_eq!(two_impls().0(1), 2);
    std::panic::set_hook(Box::new(|_| {}));
    assert!(catch_unwind(|| bare_impl().count()).is_err());
    assert!(catch_unwind(other_error).is_err());
    assert!(catch_unwind(unit).is_err());
    assert!(catch_unwind(|| impl_error().is_ok()).is_err());
    assert!(catch_unwind(|| boxed_impl_error().is_ok()).is_err());
    assert!(catch_unwind(|| ready(impl_error_in_future()).is_ok()).is_err());
    assert!(catch_unwind(|| in_parentheses().count()).is_err());
    assert!(catch_unwind(|| uninhabited()).is_err());
    assert!(catch_unwind(|| unsized_behind_box()(1)).is_err());
    assert!(catch_unwind(option).is_err());
    assert!(catch_unwind(|| never()).is_err());
    assert!(catch_unwind(forced_panic).is_err());
    assert!(catch_unwind(|| generic_error_without_conversion::<Foreign>(Broken)).is_err());
}
