//! googletest: its assertions do not end the test at once, which ours leaves alone.

use std::net::TcpListener;

use googletest::prelude::*;
use port_runtime::with_free_port;

use crate::support::{answers, answers_async};

#[with_free_port]
#[gtest]
fn above(listener: TcpListener) {
    expect_that!(listener.local_addr().unwrap().port(), gt(0));
    assert!(answers(&listener));
}

#[with_free_port]
#[gtest]
fn above_result(listener: TcpListener) -> googletest::Result<()> {
    verify_that!(listener.local_addr()?.port(), gt(0))
}

#[with_free_port]
#[gtest]
#[tokio::test]
async fn above_async(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    expect_that!(answers_async(&listener).await?, is_true());
    Ok(())
}
