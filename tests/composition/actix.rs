//! `#[actix_web::test]` and `#[actix_web::main]`. Types of tokio work in its runtime.
//!
//! Below `#[actix_web::test]` is refused by rustc, as below `#[test]`, which actix puts on top.

use std::{io, net};

use port_runtime::{Error, ErrorKind, with_free_port};
use tokio::net::TcpListener;

use crate::support::{answers, answers_async};

#[with_free_port]
#[actix_web::test]
async fn above_test(listener: TcpListener) -> io::Result<()> {
    assert!(answers_async(&listener).await?);
    Ok(())
}

#[with_free_port]
#[actix_web::main]
async fn above(listener: TcpListener) -> io::Result<bool> {
    answers_async(&listener).await
}

#[actix_web::main]
#[with_free_port]
async fn below(listener: net::TcpListener) -> bool {
    answers(&listener)
}

#[actix_web::main]
#[with_free_port]
async fn below_with_type_of_tokio(_listener: TcpListener) -> Result<(), Error> {
    unreachable!("bound before the runtime runs");
}

#[test]
fn above_main() {
    assert!(above().unwrap());
}

#[test]
fn below_main_only_types_of_std_work() {
    assert!(below());
    assert_eq!(below_with_type_of_tokio().unwrap_err().kind(), ErrorKind::NoRuntime);
}
