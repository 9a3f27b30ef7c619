use std::convert::Infallible;
use std::io;

use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use port_runtime::with_free_port;
use tokio::net::TcpListener;

use crate::support::get_from_task;

#[with_free_port]
#[tokio::test]
async fn serves(listener: TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move {
        let (connection, _) = listener.accept().await?;
        let hello = service_fn(|_| async { Ok::<_, Infallible>(Response::new("hello from hyper".to_owned())) });
        http1::Builder::new().serve_connection(TokioIo::new(connection), hello).await.map_err(io::Error::other)
    });
    assert_eq!(get_from_task(address).await, (200, "hello from hyper".to_owned()));
    server.await?
}
