use port_runtime::with_free_port;
use tokio::net::TcpListener;
use warp::Filter;

use crate::support::get_from_task;

#[with_free_port]
#[tokio::test]
async fn serves(listener: TcpListener) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let hello = warp::path::end().map(|| "hello from warp");
    let server = tokio::spawn(warp::serve(hello).incoming(listener).run());
    assert_eq!(get_from_task(address).await, (200, "hello from warp".to_owned()));
    server.abort();
    Ok(())
}
