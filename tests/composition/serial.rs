//! `#[serial]` and `#[parallel]`.
//!
//! Above ours they drop the parameters, and the message names that cause: `fixture/mistakes`.

use std::net::TcpListener;

use port_runtime::with_free_port;
use serial_test::{parallel, serial};

use crate::support::{answers, answers_async};

#[with_free_port]
#[test]
#[serial]
fn above(listener: TcpListener) {
    assert!(answers(&listener));
}

#[with_free_port]
#[serial(name)]
#[test]
fn above_in_other_order(listener: TcpListener) -> std::io::Result<()> {
    assert!(listener.local_addr()?.port() > 0);
    Ok(())
}

#[with_free_port]
#[test]
#[parallel]
fn above_parallel(listener: TcpListener) {
    assert!(answers(&listener));
}

#[with_free_port]
#[tokio::test]
#[serial]
async fn above_async(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    assert!(answers_async(&listener).await?);
    Ok(())
}
