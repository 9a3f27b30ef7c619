//! smol, whose macros are of the `macro_rules!` kind: people put them on functions with `#[apply(…)]`.

use std::net::{TcpListener, TcpStream};

use async_io::Async;
use macro_rules_attribute::apply;
use port_runtime::with_free_port;
use smol_macros::Executor;

async fn answers(listener: &Async<TcpListener>) -> std::io::Result<bool> {
    let client = Async::<TcpStream>::connect(listener.get_ref().local_addr()?).await?;
    let (_connection, peer) = listener.accept().await?;
    Ok(peer == client.get_ref().local_addr()?)
}

#[with_free_port]
#[apply(smol_macros::test!)]
async fn above(listener: Async<TcpListener>) -> std::io::Result<()> {
    assert!(answers(&listener).await?);
    Ok(())
}

/// The executor is a parameter, so the mark says which one is to be filled.
#[with_free_port]
#[apply(smol_macros::test!)]
async fn above_with_executor(executor: &Executor<'_>, #[free_port] listener: Async<TcpListener>) {
    assert!(executor.spawn(async move { answers(&listener).await }).await.unwrap());
}

#[with_free_port]
#[apply(smol_macros::main!)]
async fn entry_point(listener: Async<TcpListener>) -> std::io::Result<bool> {
    answers(&listener).await
}

#[test]
fn above_main() {
    assert!(entry_point().unwrap());
}
