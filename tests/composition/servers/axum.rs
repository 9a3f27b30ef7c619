use axum::Router;
use axum::routing::get;
use port_runtime::with_free_port;
use tokio::net::TcpListener;

use crate::support::get_from_task;

#[with_free_port]
#[tokio::test]
async fn serves(listener: TcpListener) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let server =
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get("hello from axum"))).await });
    assert_eq!(get_from_task(address).await, (200, "hello from axum".to_owned()));
    server.abort();
    Ok(())
}
