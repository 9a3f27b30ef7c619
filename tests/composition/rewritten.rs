//! Attributes that rewrite a function: its return type (`#[throws]`), its `async` (`#[must_be_sync]`, `#[async_recursion]`),
//! what it is called with (`#[builder]`), whether it runs at all (`#[cached]`), and what its errors say (`#[context]`).

use std::net::TcpListener;

use async_recursion::async_recursion;
use bon::builder;
use cached::proc_macro::cached;
use culpa::throws;
use fn_error_context::context;
use maybe_async::{maybe_async, must_be_sync};
use mockall::automock;
use port_runtime::{Error, FromFreePort, PortRequest, with_free_port};

struct Broken;

impl FromFreePort for Broken {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        Err(Error::other("broken on purpose"))
    }
}

/// Above, the function seems to return no `Result`, so it would panic.
#[throws(std::io::Error)]
#[with_free_port]
fn below_throws(_: Broken) -> u8 {
    5
}

#[with_free_port]
#[throws(std::io::Error)]
fn above_throws(listener: TcpListener) -> u16 {
    listener.local_addr()?.port()
}

#[test]
fn what_is_thrown_depends_on_the_order() {
    assert_eq!(below_throws().unwrap_err().to_string(), "_: Broken: broken on purpose");
    assert_ne!(above_throws().unwrap(), 0);
}

/// Above, the function is `async`, and so would be what we write.
#[must_be_sync]
#[with_free_port]
async fn below_must_be_sync(listener: TcpListener) -> std::io::Result<u16> {
    Ok(listener.local_addr()?.port())
}

#[maybe_async]
#[with_free_port]
async fn below_maybe_async(listener: TcpListener) -> std::io::Result<u16> {
    Ok(listener.local_addr()?.port())
}

#[test]
fn what_became_blocking_binds_so() {
    assert_ne!(below_must_be_sync().unwrap(), below_maybe_async().unwrap());
}

#[with_free_port]
#[async_recursion]
async fn above_recursion(depth: u8, #[free_port] listener: tokio::net::TcpListener) -> std::io::Result<Vec<u16>> {
    let mut ports = if depth == 0 { Vec::new() } else { above_recursion(depth - 1).await? };
    ports.push(listener.local_addr()?.port());
    Ok(ports)
}

#[tokio::test]
async fn each_call_has_a_port() {
    assert_eq!(above_recursion(2).await.unwrap().len(), 3);
}

#[with_free_port]
#[context("while serving {name}")]
fn above_context(name: &str, #[free_port] _: Broken) -> anyhow::Result<()> {
    Ok(())
}

#[context("while serving {name}")]
#[with_free_port]
fn below_context(name: &str, #[free_port] _: Broken) -> anyhow::Result<()> {
    Ok(())
}

/// Below, what we write is not inside of what `#[context]` has written.
#[test]
fn a_missing_port_has_a_context_above() {
    assert_eq!(above_context("Ada").unwrap_err().to_string(), "while serving Ada");
    assert_eq!(below_context("Ada").unwrap_err().to_string(), "_: Broken: broken on purpose");
}

#[with_free_port]
#[builder]
fn above_builder(name: &str, #[builder(default = 3)] cups: u8, #[free_port] listener: TcpListener) -> String {
    format!("{cups} cups for {name} on {}", listener.local_addr().unwrap().ip())
}

#[test]
fn a_filled_parameter_is_no_setter() {
    assert_eq!(above_builder().name("Ada").call(), "3 cups for Ada on 127.0.0.1");
}

/// The key is made of the parameters that are left.
#[with_free_port]
#[cached]
fn above_cached(number: u8, #[free_port] listener: TcpListener) -> u16 {
    assert_eq!(number, 5);
    listener.local_addr().unwrap().port()
}

#[test]
fn a_cached_function_binds_once() {
    assert_eq!(above_cached(5), above_cached(5));
}

/// The trait has the method without the parameter, and the `impl` fills it.
#[automock]
trait Serve {
    fn serve(&self) -> u16;
}

struct Server;

impl Serve for Server {
    #[with_free_port]
    fn serve(&self, listener: TcpListener) -> u16 {
        listener.local_addr().unwrap().port()
    }
}

#[with_free_port]
#[test]
fn a_mock_stands_for_an_annotated_method(listener: TcpListener) {
    let port = listener.local_addr().unwrap().port();
    let mut mock = MockServe::new();
    mock.expect_serve().return_const(port);
    assert_eq!(mock.serve(), port);
    assert_ne!(Server.serve(), port);
}
