//! `#[tokio::main]`, on functions that a test can call.

use std::{io, net};

use port_runtime::{Error, ErrorKind, with_free_port};
use tokio::net::TcpListener;

use crate::support::{answers, answers_async};

#[with_free_port(prefer = 8080)]
#[tokio::main]
async fn above(listener: TcpListener) -> io::Result<bool> {
    answers_async(&listener).await
}

#[with_free_port]
#[tokio::main(flavor = "current_thread")]
async fn above_current_thread(listener: TcpListener) -> io::Result<bool> {
    tokio::spawn(async move { answers_async(&listener).await }).await?
}

/// Tokio has made it a blocking function by then, so types of std work.
#[tokio::main(flavor = "current_thread")]
#[with_free_port]
async fn below(listener: net::TcpListener) -> bool {
    answers(&listener)
}

#[tokio::main(flavor = "current_thread")]
#[with_free_port]
async fn below_with_type_of_tokio(_listener: TcpListener) -> Result<(), Error> {
    unreachable!("bound before the runtime runs");
}

#[test]
fn above_tokio_main() {
    assert!(above().unwrap());
    assert!(above_current_thread().unwrap());
}

#[test]
fn below_tokio_main_only_types_of_std_work() {
    assert!(below());
    let error = below_with_type_of_tokio().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRuntime);
    assert!(error.to_string().contains("put `#[with_free_port]` above `#[tokio::main]`"), "{error}");
}
