//! `#[test_log::test]`, alone and around tokio's, and `#[traced_test]`.

use std::net::TcpListener;

use port_runtime::with_free_port;
use tracing_test::traced_test;

use crate::support::{answers, answers_async};

#[with_free_port]
#[test_log::test]
fn above(listener: TcpListener) {
    log::info!("listening on {}", listener.local_addr().unwrap());
    assert!(answers(&listener));
}

#[with_free_port]
#[test_log::test(tokio::test)]
async fn above_tokio(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    assert!(answers_async(&listener).await?);
    Ok(())
}

#[with_free_port]
#[tokio::test]
#[test_log::test]
async fn above_tokio_on_a_line_of_its_own(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    assert!(answers_async(&listener).await?);
    Ok(())
}

#[test_log::test]
#[with_free_port]
fn below(listener: TcpListener) {
    assert!(answers(&listener));
}

#[with_free_port]
#[traced_test]
#[test]
fn above_traced(listener: TcpListener) {
    tracing::info!("listening on {}", listener.local_addr().unwrap());
    assert!(answers(&listener) && logs_contain("listening on 127.0.0.1:"));
}

#[with_free_port]
#[traced_test]
#[tokio::test]
async fn above_traced_tokio(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    tracing::info!("listening on {}", listener.local_addr()?);
    assert!(answers_async(&listener).await? && logs_contain("listening on 127.0.0.1:"));
    Ok(())
}
