//! `#[test_context]`.

use std::net::TcpListener;

use port_runtime::with_free_port;
use test_context::{AsyncTestContext, TestContext, test_context};

use crate::support::{answers, answers_async};

struct Context {
    greeting: String,
}

impl TestContext for Context {
    fn setup() -> Self {
        Self { greeting: "hello".to_owned() }
    }
}

struct AsyncContext {
    number: u8,
}

impl AsyncTestContext for AsyncContext {
    async fn setup() -> Self {
        Self { number: 5 }
    }
}

#[with_free_port]
#[test_context(Context)]
#[test]
fn above(context: &mut Context, #[free_port] listener: TcpListener) {
    assert_eq!(context.greeting, "hello");
    assert!(answers(&listener));
}

#[with_free_port]
#[test_context(AsyncContext)]
#[tokio::test]
async fn above_async(context: &mut AsyncContext, #[free_port] listener: tokio::net::TcpListener) {
    assert_eq!(context.number, 5);
    assert!(answers_async(&listener).await.unwrap());
}

/// A context may hold the socket itself: the function that makes it is annotated.
struct Server {
    listener: TcpListener,
}

impl TestContext for Server {
    #[with_free_port]
    fn setup(listener: TcpListener) -> Self {
        Self { listener }
    }
}

#[test_context(Server)]
#[test]
fn setup_is_annotated(server: &mut Server) {
    assert!(answers(&server.listener));
}
