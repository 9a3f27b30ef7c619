//! The future of an annotated `async fn` is `Send` and `'static`.

use std::io;

use port_runtime::{DualStack, ReservedPort, with_free_port};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

use crate::support::answers_async;

#[with_free_port]
async fn serve(listener: TcpListener) -> io::Result<bool> {
    answers_async(&listener).await
}

#[with_free_port(range = 20000..30000)]
async fn hold_many(_pair: (TcpListener, UdpSocket), _array: [TcpListener; 2], port: ReservedPort) -> u16 {
    tokio::task::yield_now().await;
    port.port()
}

#[with_free_port]
async fn hold_dual_stack(dual: DualStack<TcpListener>) -> io::Result<u16> {
    tokio::task::yield_now().await;
    Ok(dual.v4.local_addr()?.port())
}

struct Service<T>(T);

impl<T: AsRef<str> + Send + Sync + 'static> Service<T> {
    #[with_free_port]
    async fn serve(self, greeting: String, #[free_port] listener: TcpListener) -> io::Result<String> {
        assert!(answers_async(&listener).await?);
        Ok(format!("{greeting} {}", self.0.as_ref()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn annotated_functions_are_spawned() {
    let mut tasks: JoinSet<_> = (0..20).map(|_| serve()).collect();
    while let Some(served) = tasks.join_next().await {
        assert!(served.unwrap().unwrap());
    }
    assert!((20000..30000).contains(&tokio::spawn(hold_many()).await.unwrap()));
    drop(tokio::spawn(hold_dual_stack()).await.unwrap()); // an error where the machine has no IPv6
    let greeting = tokio::spawn(Service("world").serve("hello".to_owned())).await.unwrap();
    assert_eq!(greeting.unwrap(), "hello world");
}

#[tokio::test]
async fn nothing_is_bound_before_the_first_poll() {
    let mut probe = None;
    let future = announce(&mut probe);
    drop(future);
    assert_eq!(probe, None);
    announce(&mut probe).await;
    assert!(probe.is_some());
}

#[with_free_port]
async fn announce(port: &mut Option<u16>, #[free_port(prefer = { *port = Some(8080); 8080 })] _listener: TcpListener) {
    tokio::task::yield_now().await;
}
