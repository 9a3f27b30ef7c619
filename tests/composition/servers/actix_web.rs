use std::io;
use std::net::TcpListener;

use actix_web::{App, HttpServer, web};
use port_runtime::with_free_port;

use crate::support::get_from_task;

#[with_free_port]
#[actix_web::test]
async fn serves(listener: TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    let hello = || async { "hello from actix" };
    let server = HttpServer::new(move || App::new().route("/", web::get().to(hello)));
    let server = server.workers(1).disable_signals().listen(listener)?.run();
    let (handle, task) = (server.handle(), actix_web::rt::spawn(server));
    assert_eq!(get_from_task(address).await, (200, "hello from actix".to_owned()));
    handle.stop(false).await;
    task.await?
}
