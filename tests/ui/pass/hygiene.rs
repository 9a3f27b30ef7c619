//! No name of the user's is looked up by mistake, and none of ours is seen by the user.
#![no_implicit_prelude]
#![deny(warnings)]

mod core {}
mod std {}
mod port_runtime {}

struct Result;
struct PortRequest;
trait FromFreePort {}

#[::port_runtime::with_free_port(host = "127.0.0.1", timeout = "5s")]
fn plain(listener: ::std::net::TcpListener) -> u16 {
    let _: (Result, PortRequest) = (Result, PortRequest);
    listener.local_addr().unwrap().port()
}

#[::port_runtime::with_free_port(on_error = return)]
fn returning(_: ::std::net::TcpListener) -> ::std::io::Result<()> {
    ::std::result::Result::Ok(())
}

#[::port_runtime::with_free_port(on_error = panic)]
async fn awaiting(_listener: ::std::net::TcpListener) {}

// The locals of the expansion have these names, too.
#[::port_runtime::with_free_port]
fn names(
    __free_port_request: u16,
    __free_port_value: u32,
    #[free_port(prefer = __free_port_request, backlog = __free_port_value)] __free_port_filled: ::std::net::TcpListener,
    #[free_port(backlog = { let _: &::std::net::TcpListener = &__free_port_filled; __free_port_value })]
    __free_port_error: ::std::net::TcpListener,
) {
    let _: (u16, u32, ::std::net::TcpListener) = (__free_port_request, __free_port_value, __free_port_filled);
    let _: ::std::net::TcpListener = __free_port_error;
}

// A trait with methods for every type, which are found before those that want a reference.
trait Greedy: ::std::marker::Sized {
    fn fail<A, B>(self, _: A, _: B) -> u8 {
        ::std::unreachable!()
    }
    fn new() -> Self {
        ::std::unreachable!()
    }
    fn host<T>(self, _: T) -> Self {
        ::std::unreachable!()
    }
    fn prefer<T>(self, _: T) -> Self {
        ::std::unreachable!()
    }
    fn from_free_port<T>(_: T) -> Self {
        ::std::unreachable!()
    }
}

impl<T> Greedy for T {}

#[allow(non_upper_case_globals, dead_code)]
mod constants {
    pub const filled: u8 = 0;
    pub const request: u8 = 0;
    pub const value: u8 = 0;
    pub const error: u8 = 0;
    pub const __filled: u8 = 0;
    pub const __request: u8 = 0;
    pub const __value: u8 = 0;
    pub const __error: u8 = 0;
}

#[allow(unused_imports)]
use constants::*;

#[::port_runtime::with_free_port(host = "127.0.0.1", prefer = 8080)]
fn not_taken_over(listener: ::std::net::TcpListener) -> ::std::io::Result<::std::net::TcpListener> {
    ::std::result::Result::Ok(listener)
}

// A label of the body is the body's.
#[::port_runtime::with_free_port]
fn label(_: ::std::net::TcpListener) -> u8 {
    '__body: {
        if true {
            break '__body 5;
        }
        6
    }
}

struct Nobody;

impl FromFreePort for Nobody {}

fn main() {
    ::std::assert_ne!(plain(), 0);
    returning().unwrap();
    not_taken_over().unwrap();
    ::std::assert_eq!(label(), 5);
    ::std::mem::drop(awaiting());
    names(8080, 16);
    let _ = Nobody;
}
