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
    __request: u16,
    __value: u32,
    #[free_port(prefer = __request, backlog = __value)] __filled: ::std::net::TcpListener,
    #[free_port(backlog = { let _: &::std::net::TcpListener = &__filled; __value })] __error: ::std::net::UdpSocket,
) {
    let _: (u16, u32, ::std::net::TcpListener) = (__request, __value, __filled);
    let _: ::std::net::UdpSocket = __error;
}

struct Nobody;

impl FromFreePort for Nobody {}

fn main() {
    ::std::assert_ne!(plain(), 0);
    returning().unwrap();
    ::std::mem::drop(awaiting());
    names(8080, 16);
    let _ = Nobody;
}
