//! An annotated `async fn` can be spawned, and a type may be built with `.await`.
#![deny(warnings)]

use port_runtime::{AsyncFromFreePort, Error, PortRequest, with_free_port};
use std::cell::Cell;
use std::future::{Future, ready};
use std::net::TcpListener;
use std::pin::Pin;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

struct Server(TcpListener);

impl AsyncFromFreePort for Server {
    async fn from_free_port_async(request: &PortRequest) -> Result<Self, Error> {
        ready(()).await;
        request.bind_async().await.map(Self)
    }
}

/// A value that may not cross an `.await` in a future that is `Send`.
fn not_send() -> Cell<*const u16> {
    Cell::new(std::ptr::null())
}

#[with_free_port(prefer = { let local = not_send(); if local.get().is_null() { 8080 } else { 8081 } })]
async fn spawned(listener: TcpListener, server: Server) -> std::io::Result<bool> {
    Ok(listener.local_addr()?.port() != server.0.local_addr()?.port())
}

#[with_free_port]
async fn borrows<'a, T: Sync>(value: &'a T, #[free_port] _server: Server) -> &'a T {
    value
}

// What `#[async_trait]` makes of `async fn name(&self, listener: TcpListener) -> Result<u16>`.
trait Boxed {
    fn port<'life0, 'async_trait>(
        &'life0 self,
    ) -> Pin<Box<dyn Future<Output = std::io::Result<u16>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait;
}

impl Boxed for u16 {
    #[with_free_port(prefer = *self)]
    fn port<'life0, 'async_trait>(
        &'life0 self,
        server: Server,
    ) -> Pin<Box<dyn Future<Output = std::io::Result<u16>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            if let Some(__ret) = None::<std::io::Result<u16>> {
                return __ret;
            }
            let __self = self;
            let server = server;
            let __ret: std::io::Result<u16> = { Ok(*__self / *__self * server.0.local_addr()?.port()) };
            __ret
        })
    }
}

fn assert_send<F: Future + Send>(future: F) -> F {
    future
}

fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

fn main() {
    assert!(run(assert_send(spawned())).unwrap());
    assert_eq!(*run(assert_send(borrows(&5))), 5);
    assert_ne!(run(8080_u16.port()).unwrap(), 0);
}
