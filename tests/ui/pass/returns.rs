//! Any return type compiles; the type decides between returning the error and panicking.
#![deny(warnings)]

use port_runtime::{Error, FromFreePort, PortRequest, with_free_port};
use std::error::Error as StdError;
use std::net::TcpListener;
use std::panic::catch_unwind;

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
fn boxed(_: Broken) -> Result<(), Box<dyn StdError>> {
    Ok(())
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

fn main() {
    assert_eq!(io().unwrap_err().to_string(), "broken on purpose");
    assert_eq!(alias().unwrap_err().to_string(), "broken on purpose");
    assert_eq!(boxed().unwrap_err().to_string(), "broken on purpose");
    assert!(matches!(foreign(), Err(Foreign::Port(_))));
    assert!(matches!(forced_return(), Err(Foreign::Port(_))));
    assert!(matches!(generic_error::<Foreign>(), Err(Foreign::Port(_))));
    assert!(nested_impl().is_err());
    assert_eq!(two_impls().0(1), 2);
    std::panic::set_hook(Box::new(|_| {}));
    assert!(catch_unwind(|| bare_impl().count()).is_err());
    assert!(catch_unwind(other_error).is_err());
    assert!(catch_unwind(unit).is_err());
    assert!(catch_unwind(option).is_err());
    assert!(catch_unwind(|| never()).is_err());
    assert!(catch_unwind(forced_panic).is_err());
    assert!(catch_unwind(|| generic_error_without_conversion::<Foreign>(Broken)).is_err());
}
